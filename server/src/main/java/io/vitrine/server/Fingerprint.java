package io.vitrine.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A short name for everything that an answer depends on besides the request. */
final class Fingerprint {

    private static final int HEX_DIGITS = 10;

    private Fingerprint() {}

    static String of(Object... facts) {
        StringBuilder text = new StringBuilder();
        for (Object fact : facts) {
            text.append(fact).append('\n');
        }
        return "fp_" + sha256(text.toString()).substring(0, HEX_DIGITS);
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
