package io.vitrine.server.alerting.delivery;

/** Texts cut to the limits of receivers. */
final class Texts {

    private static final String ELLIPSIS = "…";

    private Texts() {}

    /** At most so many characters (UTF-16), never half of a surrogate pair. */
    static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = limit - ELLIPSIS.length();
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + ELLIPSIS;
    }

    /** One line: control characters and line separators are spaces. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> Character.isISOControl(point) || point == 0x2028 || point == 0x2029 ? ' ' : point)
                .forEach(line::appendCodePoint);
        return line.toString();
    }
}
