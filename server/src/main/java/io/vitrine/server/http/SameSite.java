package io.vitrine.server.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other sites from changing something through the browser of an operator: a change must be said to be JSON, which a
 * form cannot say, and come from no page, or from one of this server. Clients that are no browsers send neither of the headers.
 */
final class SameSite {

    private SameSite() {}

    /** @throws ApiException if another site may have made the request */
    static void require(HttpServerRequest request) {
        String site = request.getHeader("sec-fetch-site");
        if ("cross-site".equalsIgnoreCase(site) || !isOwn(request.getHeader(HttpHeaders.ORIGIN), request.authority())) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED,
                    "a page of another site cannot change anything here",
                    null,
                    "cross_site_request");
        }
        BodyReader.requireJson(request);
    }

    private static boolean isOwn(@Nullable String origin, @Nullable HostAndPort authority) {
        if (origin == null) {
            return true;
        }
        try {
            String host = new URI(origin).getHost();
            return host != null
                    && authority != null
                    && host.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "").equals(HostRule.host(authority));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
