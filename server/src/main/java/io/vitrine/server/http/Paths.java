package io.vitrine.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Reads the paths of requests. */
final class Paths {

    private Paths() {}

    /**
     * The path without escapes; a plus sign is itself.
     *
     * @throws IllegalArgumentException if an escape is none
     */
    static String decode(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
