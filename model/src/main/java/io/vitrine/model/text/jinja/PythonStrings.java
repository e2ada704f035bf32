package io.vitrine.model.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

import org.jspecify.annotations.Nullable;

/** The methods of Python's strings that chat templates call. */
final class PythonStrings {

    private PythonStrings() {}

    /**
     * Calls a method of a string.
     *
     * @throws JinjaException if there is no such method here, or its arguments are of another kind
     */
    static Object call(String text, String method, List<Object> arguments) {
        return switch (method) {
            case "strip" -> stripEnd(stripStart(text, characters(arguments)), characters(arguments));
            case "lstrip" -> stripStart(text, characters(arguments));
            case "rstrip" -> stripEnd(text, characters(arguments));
            case "startswith" -> anyOf(arguments).stream().anyMatch(text::startsWith);
            case "endswith" -> anyOf(arguments).stream().anyMatch(text::endsWith);
            case "split" -> split(text, arguments);
            case "splitlines" -> text.isEmpty() ? List.of() : List.of(text.split("\r\n|\r|\n", -1));
            case "replace" -> replace(text, arguments);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" -> capitalize(text);
            case "join" -> join(text, arguments);
            case "find" -> (long) text.indexOf(string(arguments, 0));
            case "count" -> (long) split(text, List.of(string(arguments, 0))).size() - 1;
            case "format" -> format(text, arguments);
            default -> throw new JinjaException("the string method '" + method + "' is not supported");
        };
    }

    /** Python's whitespace: what {@code str.isspace} accepts. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    static String strip(String text) {
        return stripEnd(stripStart(text, PythonStrings::isSpace), PythonStrings::isSpace);
    }

    private static IntPredicate characters(List<Object> arguments) {
        if (arguments.isEmpty() || arguments.get(0) instanceof None) {
            return PythonStrings::isSpace;
        }
        String characters = string(arguments, 0);
        return c -> characters.indexOf(c) >= 0;
    }

    private static String stripStart(String text, IntPredicate stripped) {
        int start = 0;
        while (start < text.length() && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    static String stripEnd(String text, IntPredicate stripped) {
        int end = text.length();
        while (end > 0 && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    private static List<String> anyOf(List<Object> arguments) {
        if (arguments.size() == 1 && arguments.get(0) instanceof List<?> alternatives) {
            return alternatives.stream().map(PythonValues::text).toList();
        }
        return List.of(string(arguments, 0));
    }

    private static List<Object> split(String text, List<Object> arguments) {
        long limit = arguments.size() > 1 ? number(arguments, 1) : Long.MAX_VALUE;
        if (arguments.isEmpty() || arguments.get(0) instanceof None) {
            return splitAtSpace(text);
        }
        String separator = string(arguments, 0);
        if (separator.isEmpty()) {
            throw new JinjaException("split needs a separator that is not empty");
        }
        List<Object> parts = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && (limit < 0 || parts.size() < limit)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<Object> splitAtSpace(String text) {
        List<Object> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (!isSpace(c)) {
                part.appendCodePoint(c);
            } else if (!part.isEmpty()) {
                parts.add(part.toString());
                part.setLength(0);
            }
        });
        if (!part.isEmpty()) {
            parts.add(part.toString());
        }
        return parts;
    }

    private static String replace(String text, List<Object> arguments) {
        if (arguments.size() != 2) {
            throw new JinjaException("replace takes two arguments here: " + arguments.size());
        }
        String from = string(arguments, 0);
        String to = string(arguments, 1);
        long places = 1L + (from.isEmpty() ? text.length() : text.length() / from.length());
        PythonValues.requireTextFits(text.length() + places * to.length());
        return text.replace(from, to);
    }

    private static String join(String separator, List<Object> arguments) {
        if (arguments.size() != 1) {
            throw new JinjaException("join takes one argument: " + arguments.size());
        }
        List<String> parts = PythonValues.elements(arguments.get(0)).stream()
                .map(PythonValues::text)
                .toList();
        PythonValues.requireTextFits((long) parts.size() * separator.length()
                + parts.stream().mapToLong(String::length).sum());
        return String.join(separator, parts);
    }

    /** Only {@code {}}, each replaced by the next argument. */
    private static String format(String text, List<Object> arguments) {
        String[] parts = text.split("\\{}", -1);
        if (parts.length != arguments.size() + 1 || text.replace("{}", "").matches("(?s).*[{}].*")) {
            throw new JinjaException("format is supported only with one {} for each argument: " + text);
        }
        StringBuilder formatted = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            formatted.append(PythonValues.text(arguments.get(i - 1))).append(parts[i]);
        }
        PythonValues.requireTextFits(formatted.length());
        return formatted.toString();
    }

    private static String capitalize(String text) {
        int first = text.isEmpty() ? 0 : Character.charCount(text.codePointAt(0));
        return text.substring(0, first).toUpperCase(Locale.ROOT)
                + text.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            title.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = Character.isLetter(c);
        }
        return title.toString();
    }

    private static String string(List<Object> arguments, int index) {
        @Nullable Object argument = index < arguments.size() ? arguments.get(index) : null;
        if (argument instanceof CharSequence text) {
            return text.toString();
        }
        throw new JinjaException("expected a string as an argument, not " + PythonValues.typeName(argument));
    }

    private static long number(List<Object> arguments, int index) {
        if (arguments.get(index) instanceof Number number) {
            return number.longValue();
        }
        throw new JinjaException(
                "expected a number as an argument, not " + PythonValues.typeName(arguments.get(index)));
    }
}
