package io.vitrine.server.http;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.LoopbackAddress;

/**
 * Whom a request without a key may be for: this machine, or a name that is configured. A page that a browser on this machine
 * shows could have its own name point here (DNS rebinding), and would then be shown what this server answers.
 */
final class HostRule {

    private final Set<String> allowed;

    HostRule(Set<String> allowed) {
        this.allowed =
                allowed.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    /** @throws ApiException if it is for another */
    void require(HttpServerRequest request) {
        if (!allows(request)) {
            throw foreign();
        }
    }

    static ApiException foreign() {
        return new ApiException(
                ErrorReason.PERMISSION_DENIED,
                "without a key this must be asked for at 127.0.0.1, localhost or one of server.allowed-hosts",
                null,
                "foreign_host");
    }

    boolean allows(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        if (authority == null && request.version() == HttpVersion.HTTP_1_0) {
            // No browser leaves the header out.
            return true;
        }
        String host = authority == null ? "" : host(authority);
        return LoopbackAddress.is(host) || allowed.contains(host);
    }

    /** Whether it is one of the names that are configured. */
    boolean names(HostAndPort authority) {
        return allowed.contains(host(authority));
    }

    static String host(HostAndPort authority) {
        String host = authority.host().replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
