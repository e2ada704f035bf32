package io.vitrine.server.api;

/** Keeps texts well-formed: half a surrogate pair cannot be written as UTF-8. */
final class UnicodeText {

    private static final char REPLACEMENT = '\uFFFD';

    private UnicodeText() {}

    /** Index of the first half of a surrogate pair that stands alone; -1 if there is none. */
    static int loneSurrogate(String text) {
        for (int index = 0; index < text.length(); index++) {
            char unit = text.charAt(index);
            if (!Character.isSurrogate(unit)) {
                continue;
            }
            boolean paired = Character.isHighSurrogate(unit)
                    && index + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(index + 1));
            if (!paired) {
                return index;
            }
            index++;
        }
        return -1;
    }

    /** The text, with a replacement character for each half that stands alone. */
    static String wellFormed(String text) {
        int lone = loneSurrogate(text);
        if (lone < 0) {
            return text;
        }
        StringBuilder fixed = new StringBuilder(text);
        while (lone >= 0) {
            fixed.setCharAt(lone, REPLACEMENT);
            lone = loneSurrogate(fixed.toString());
        }
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
}
