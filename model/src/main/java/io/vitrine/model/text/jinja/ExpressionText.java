package io.vitrine.model.text.jinja;

import java.util.function.UnaryOperator;

/** Rewrites what stands in a tag so that jinjava's scanner reads it as Jinja2's does. */
final class ExpressionText {

    /** The method that stands for {@code [::-1]}, which jinjava has no syntax for. */
    static final String REVERSED = "__reversed__";

    private static final String REVERSING = "[::-1]";
    private static final String KEPT_ESCAPES = "\\'\"ntrbf";

    private ExpressionText() {}

    /**
     * The same for jinjava: closing braces apart, or it would see the end of the tag; a space after {@code +}, or it would
     * take the sign for the number's; escapes that it does not know resolved; newlines outside strings as spaces.
     *
     * @param literals applied to what stands between the quotes of a string
     */
    static String scannable(String expression, UnaryOperator<String> literals) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '\'' || c == '"') {
                int end = endOfString(expression, i);
                text.append(c)
                        .append(escapesResolved(literals.apply(expression.substring(i + 1, end)), c))
                        .append(c);
                i = end;
            } else if (expression.startsWith(REVERSING, i)) {
                text.append('.').append(REVERSED).append("()");
                i += REVERSING.length() - 1;
            } else {
                text.append(c == '\n' ? ' ' : c);
                if (c == '+' || c == '}') {
                    text.append(' ');
                }
            }
        }
        return text.toString();
    }

    /** Python's escapes: by number they become the character; one that Python does not know stays as it is written. */
    private static String escapesResolved(String literal, char quote) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < literal.length(); i++) {
            if (literal.charAt(i) != '\\') {
                text.append(literal.charAt(i));
                continue;
            }
            char escape = literal.charAt(++i);
            int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
            if (digits > 0) {
                text.append(quoted(codePoint(literal, i + 1, digits), quote));
                i += digits;
            } else if (escape != '\n') { // before the end of a line: both are left out
                text.append(KEPT_ESCAPES.indexOf(escape) >= 0 ? "\\" : "\\\\").append(escape);
            }
        }
        return text.toString();
    }

    private static String codePoint(String literal, int from, int digits) {
        try {
            return Character.toString(Integer.parseInt(literal.substring(from, from + digits), 16));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new JinjaException("a string has a broken escape: " + literal, e);
        }
    }

    private static String quoted(String character, char quote) {
        return character.equals("\\") || character.charAt(0) == quote ? "\\" + character : character;
    }

    /** Where a word stands in an expression, outside strings and brackets; -1 if it does not. */
    static int indexOfWord(String expression, String word) {
        int depth = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfString(expression, i);
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            } else if (depth == 0 && isWordAt(expression, word, i)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isWordAt(String text, String word, int at) {
        int end = at + word.length();
        return text.startsWith(word, at)
                && (at == 0 || !Character.isJavaIdentifierPart(text.charAt(at - 1)))
                && (end == text.length() || !Character.isJavaIdentifierPart(text.charAt(end)));
    }

    /** Where the string ends that begins at {@code start}. */
    static int endOfString(String text, int start) {
        for (int i = start + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == text.charAt(start)) {
                return i;
            }
        }
        throw new JinjaException(
                "a string is not closed: " + text.substring(start, Math.min(text.length(), start + 40)));
    }
}
