package io.vitrine.model.terminal;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Texts of files and clients as people are shown them. A terminal obeys control characters, and a reader believes the order of
 * letters: names that hold either are written with escapes, so that nobody but us moves the cursor, the colours or the words.
 */
public final class ShownText {

    private static final Pattern CREDENTIALS = Pattern.compile("(?i)\\b([a-z][a-z0-9+.-]*://)[^/?#\\s@]*@");

    private static final int DELETE = 0x7f;

    private ShownText() {}

    /** The text on one line: control, format (such as the order of writing) and separator characters as {@code \}{@code u001b}. */
    public static String escaped(String text) {
        return escaped(text, false);
    }

    /** The same on several lines: line feeds and tabs stay as they are. */
    public static String escapedLines(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean lines) {
        if (isPlain(text, lines)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            if (isPlain(point, lines)) {
                shown.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    shown.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        });
        return shown.toString();
    }

    private static boolean isPlain(String text, boolean lines) {
        for (int index = 0; index < text.length(); index += Character.charCount(text.codePointAt(index))) {
            if (!isPlain(text.codePointAt(index), lines)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(int point, boolean lines) {
        if (point >= ' ' && point < DELETE) {
            return true;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL -> lines && (point == '\n' || point == '\t');
            case Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** The text with {@code ***} for the user and password of every address in it. */
    public static String withoutCredentials(String text) {
        return CREDENTIALS.matcher(text).replaceAll("$1***@");
    }
}
