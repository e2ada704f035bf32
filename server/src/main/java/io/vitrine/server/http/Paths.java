package io.vitrine.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import io.vertx.core.http.HttpServerRequest;
import io.vitrine.server.api.ApiException;

/** Reads the paths of requests. */
final class Paths {

    private Paths() {}

    /**
     * Requires that path and query can be decoded. Vert.x-web would call a broken escape sequence the server's mistake.
     *
     * @throws ApiException if one cannot
     */
    static void requireReadable(HttpServerRequest request) {
        try {
            decode(request.path());
        } catch (IllegalArgumentException e) {
            throw InvalidHttp.path();
        }
        try {
            request.params();
        } catch (IllegalArgumentException e) {
            throw InvalidHttp.query();
        }
    }

    /**
     * The path without escapes; a plus sign is itself.
     *
     * @throws IllegalArgumentException if an escape is none
     */
    static String decode(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
