package io.vitrine.server.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;

/**
 * Keeps pages of other sites from changing something through the browser of an operator: a change must be said to be JSON, which a
 * form cannot say, and come from no page, or from one of this server. Clients that are no browsers send neither of the headers.
 */
final class SameSite {

    private static final Pattern ORIGIN = Pattern.compile("(https?)://([^/?#@\\s]+)");
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private SameSite() {}

    /** @throws ApiException if another site may have made the request */
    static void require(HttpServerRequest request, HostRule hosts) {
        boolean crossSite =
                request.headers().getAll("sec-fetch-site").stream().anyMatch("cross-site"::equalsIgnoreCase);
        if (crossSite || !isOwn(request, hosts)) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED,
                    "a page of another site cannot change anything here",
                    null,
                    "cross_site_request");
        }
        BodyReader.requireJson(request);
    }

    /**
     * Whether there is no origin, or one, of the scheme, host and port that were asked for. A configured name may be asked for by HTTPS
     * and come as HTTP, through a proxy that ends TLS.
     */
    private static boolean isOwn(HttpServerRequest request, HostRule hosts) {
        List<String> origins = request.headers().getAll(HttpHeaders.ORIGIN);
        HostAndPort asked = request.authority();
        if (origins.isEmpty()) {
            return true;
        }
        if (origins.size() > 1 || asked == null) {
            return false;
        }
        Matcher origin = ORIGIN.matcher(origins.get(0).toLowerCase(Locale.ROOT));
        if (!origin.matches()) {
            return false;
        }
        String scheme = origin.group(1);
        HostAndPort own = HostAndPort.parseAuthority(origin.group(2), -1);
        return own != null
                && HostRule.host(own).equals(HostRule.host(asked))
                && port(own, scheme) == port(asked, scheme)
                && (scheme.equals(request.scheme()) || (scheme.equals("https") && hosts.names(own)));
    }

    static int port(HostAndPort authority, String scheme) {
        if (authority.port() > 0) {
            return authority.port();
        }
        return scheme.equalsIgnoreCase("https") ? HTTPS_PORT : HTTP_PORT;
    }
}
