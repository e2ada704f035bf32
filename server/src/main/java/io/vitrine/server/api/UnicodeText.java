package io.vitrine.server.api;

/** Keeps texts well-formed: half a surrogate pair cannot be written as UTF-8. */
public final class UnicodeText {

    private static final char REPLACEMENT = '\uFFFD';

    private UnicodeText() {}

    /** Index of the first half of a surrogate pair that stands alone; -1 if there is none. */
    static int loneSurrogate(String text) {
        int index = 0;
        while (index < text.length()) {
            int code = text.codePointAt(index);
            if (isSurrogate(code)) {
                return index;
            }
            index += Character.charCount(code);
        }
        return -1;
    }

    /**
     * Half a character cannot be written as UTF-8, and the tokenizer's native code must never see one.
     *
     * @throws ApiException that names {@code path} if the text has one
     */
    static void requirePaired(String path, String text) {
        int lone = loneSurrogate(text);
        if (lone >= 0) {
            throw ApiException.invalid(path, path + " must be valid Unicode: half a surrogate pair at index " + lone);
        }
    }

    /** The text, with a replacement character for each half that stands alone. */
    public static String wellFormed(String text) {
        if (loneSurrogate(text) < 0) {
            return text;
        }
        StringBuilder fixed = new StringBuilder(text.length());
        text.codePoints().forEach(code -> fixed.appendCodePoint(isSurrogate(code) ? REPLACEMENT : code));
        return fixed.toString();
    }

    /** The first UTF-16 units of a text, at most {@code length} and never half a pair, and then an ellipsis. */
    static String cut(String text, int length) {
        if (text.length() <= length) {
            return wellFormed(text);
        }
        int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
        return wellFormed(text.substring(0, end)) + "…";
    }

    /** Of a code point: a whole pair is another one. */
    private static boolean isSurrogate(int code) {
        return code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
    }
}
