package io.vitrine.server.http;

import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

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
            requireUtf8(request.path());
            decode(request.path());
        } catch (IllegalArgumentException e) {
            throw InvalidHttp.path();
        }
        try {
            requireUtf8(Optional.ofNullable(request.query()).orElse(""));
            request.params();
        } catch (IllegalArgumentException e) {
            throw InvalidHttp.query();
        }
    }

    /** The decoders put a replacement character for bytes that are no UTF-8, and so would find what nobody asked for. */
    private static void requireUtf8(String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < encoded.length(); at++) {
            if (encoded.charAt(at) == '%' && at + 2 < encoded.length()) {
                bytes.write(Integer.parseInt(encoded, at + 1, at + 3, 16));
                at += 2;
            } else {
                bytes.write(encoded.charAt(at) < 0x80 ? encoded.charAt(at) : '?');
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("escapes that are not UTF-8", e);
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
