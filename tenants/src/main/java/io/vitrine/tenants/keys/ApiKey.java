package io.vitrine.tenants.keys;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * An API key in the clear, as its owner holds it: {@code vt_}, 8 characters to look it up by, 22 secret ones (131 bits) and 6
 * that check the rest, all Base62. The check tells a key that was mistyped from one that is not known, without a look at any
 * store, and lets scanners for leaked secrets be sure of what they found. It is no protection: anyone can compute it.
 *
 * <p>Exists twice only: when it is made, to be shown once, and while a request is checked.
 */
public final class ApiKey {

    private static final String START = "vt_";
    private static final int PREFIX_LENGTH = START.length() + 8;
    private static final int SECRET_LENGTH = 22;
    private static final int CHECK_LENGTH = 6;
    private static final int LENGTH = PREFIX_LENGTH + SECRET_LENGTH + CHECK_LENGTH;

    private final String text;

    private ApiKey(String text) {
        this.text = text;
    }

    static ApiKey create(SecureRandom random) {
        String body = START + Base62.random(random, LENGTH - START.length() - CHECK_LENGTH);
        return new ApiKey(body + check(body));
    }

    /** Empty if the text cannot be a key: another length, other characters, or a check that does not fit. */
    static Optional<ApiKey> parse(String text) {
        if (text.length() != LENGTH || !text.startsWith(START) || !Base62.isBase62(text.substring(START.length()))) {
            return Optional.empty();
        }
        String body = text.substring(0, LENGTH - CHECK_LENGTH);
        return text.endsWith(check(body)) ? Optional.of(new ApiKey(text)) : Optional.empty();
    }

    /** Whether somebody may have meant it as a key of this server, good or not. */
    public static boolean looksLikeOne(String text) {
        return text.regionMatches(true, 0, START, 0, START.length());
    }

    private static String check(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        return Base62.encode(crc.getValue(), CHECK_LENGTH);
    }

    /** The public part, {@code vt_} included: names the key in lists and logs. */
    public String prefix() {
        return text.substring(0, PREFIX_LENGTH);
    }

    /** The whole secret key. To be shown to its owner, once, and written nowhere else. */
    public String reveal() {
        return text;
    }

    /** The public part only. */
    @Override
    public String toString() {
        return prefix() + "…";
    }
}
