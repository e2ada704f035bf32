package io.vitrine.tenants.keys;

import java.security.SecureRandom;

/** Digits and letters only, so that a double click selects a whole key and no shell or header needs it quoted. */
final class Base62 {

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private Base62() {}

    /** So many characters, each with log2(62) = 5.95 bits. */
    static String random(SecureRandom random, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    /** A number >= 0 in exactly {@code width} characters; what does not fit is cut off on the left. */
    static String encode(long value, int width) {
        char[] text = new char[width];
        long rest = value;
        for (int i = width - 1; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
            rest /= ALPHABET.length();
        }
        return new String(text);
    }

    static boolean isBase62(String text) {
        return text.chars().allMatch(character -> ALPHABET.indexOf(character) >= 0);
    }
}
