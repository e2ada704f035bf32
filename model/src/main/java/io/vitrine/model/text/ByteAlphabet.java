package io.vitrine.model.text;

import java.util.Arrays;

/**
 * GPT-2's way of writing bytes as visible characters: every byte value has one character of its own.
 *
 * <p>Printable Latin-1 bytes stand for themselves; the other 68 (controls, space, 0x7F to 0xA0, 0xAD) take the characters
 * from U+0100 on, in order. So a space is {@code Ġ} and a newline {@code Ċ}. From "Language Models are Unsupervised
 * Multitask Learners" (GPT-2), {@code bytes_to_unicode} of its encoder.
 */
final class ByteAlphabet {

    private static final int NONE = -1;
    private static final char FIRST_SUBSTITUTE = 0x100;
    private static final char[] CHAR_OF_BYTE = new char[256];
    private static final short[] BYTE_OF_CHAR;

    static {
        char substitute = FIRST_SUBSTITUTE;
        for (int value = 0; value < 256; value++) {
            CHAR_OF_BYTE[value] = standsForItself(value) ? (char) value : substitute++;
        }
        BYTE_OF_CHAR = new short[substitute];
        Arrays.fill(BYTE_OF_CHAR, (short) NONE);
        for (int value = 0; value < 256; value++) {
            BYTE_OF_CHAR[CHAR_OF_BYTE[value]] = (short) value;
        }
    }

    private ByteAlphabet() {}

    /** The character that stands for a byte, given as 0 to 255. */
    static char character(int unsignedByte) {
        return CHAR_OF_BYTE[unsignedByte];
    }

    /** Whether every character of {@code token} stands for a byte. */
    static boolean spells(String token) {
        return token.chars().allMatch(c -> c < BYTE_OF_CHAR.length && BYTE_OF_CHAR[c] != NONE);
    }

    /** The bytes that {@code token} spells; only for one that {@link #spells} accepts. */
    static byte[] bytes(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) BYTE_OF_CHAR[token.charAt(i)];
        }
        return bytes;
    }

    private static boolean standsForItself(int value) {
        return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || (value >= 0xAE && value <= 0xFF);
    }
}
