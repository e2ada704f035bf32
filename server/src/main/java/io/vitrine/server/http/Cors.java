package io.vitrine.server.http;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Lets pages of configured origins use the API from a browser (the Fetch standard's CORS protocol): says so with every answer,
 * errors and streams included, and answers the browser's question beforehand, which comes without a key.
 */
final class Cors {

    private static final String ANY = "*";
    private static final String PREFLIGHT_SECONDS = "600";

    private static final String EXPOSED = String.join(
            ", ",
            List.of(
                    RequestIds.HEADER,
                    "retry-after",
                    "retry-after-ms",
                    "x-should-retry",
                    "x-ratelimit-limit-requests",
                    "x-ratelimit-limit-tokens",
                    "x-ratelimit-remaining-requests",
                    "x-ratelimit-remaining-tokens",
                    "x-ratelimit-reset-requests",
                    "x-ratelimit-reset-tokens",
                    CostHeader.NAME));

    /** Names of headers with commas between them, of a length that an answer can repeat. */
    private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~ ,-]{1,1024}");

    private final Set<String> origins;

    /** @param origins {@code *} for all; none switches it off */
    Cors(Set<String> origins) {
        this.origins = origins;
    }

    /** Adds to an answer who may read it; before anything else can become of the request. */
    void announce(HttpServerRequest request, HttpServerResponse response) {
        if (origins.isEmpty()) {
            return;
        }
        if (!origins.contains(ANY)) {
            response.headers().add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        }
        if (allows(request)) {
            String origin = origins.contains(ANY) ? ANY : request.getHeader(HttpHeaders.ORIGIN);
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    /** Whether it is a browser's question whether a page may make a request. */
    boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && allows(request)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /**
     * Adds what the page may send.
     *
     * @param methods of the path
     */
    void answerPreflight(HttpServerRequest request, String methods) {
        HttpServerResponse response = request.response();
        response.headers().add(HttpHeaders.VARY, "access-control-request-method, access-control-request-headers");
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
                .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        if (headers != null && HEADER_NAMES.matcher(headers).matches()) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers);
        }
    }

    private boolean allows(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && (origins.contains(ANY) || origins.contains(origin));
    }
}
