package io.vitrine.server.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vitrine.server.search.SearchKey.Corpus;
import io.vitrine.server.search.SearchQuery.Comparison;
import io.vitrine.server.search.SearchQuery.Operator;
import io.vitrine.server.search.SearchQuery.Term;
import io.vitrine.server.search.SearchQuery.Values;
import io.vitrine.server.search.SearchQuery.Words;

/**
 * Reads a query from left to right. A term is {@code [-](key operator value[,value]… | word | "phrase")}; a word with a colon or a
 * comparison sign is a term with a key, and an unknown key is a mistake, so that a typing error does not search for text in silence.
 */
final class SearchParser {

    static final int LONGEST = 1_000;

    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?|\\.[0-9]{1,9})([A-Za-zµ%]*)");
    private static final Map<String, Double> MILLIS =
            Map.of("", 1.0, "ns", 1e-6, "us", 1e-3, "µs", 1e-3, "ms", 1.0, "s", 1e3, "m", 6e4, "min", 6e4, "h", 3.6e6);
    private static final Map<String, Double> COUNTS = Map.of("", 1.0, "k", 1e3, "K", 1e3, "M", 1e6, "G", 1e9);

    private final String text;
    private final Corpus corpus;
    private int at;

    SearchParser(String text, Corpus corpus) {
        this.text = text;
        this.corpus = corpus;
        if (text.length() > LONGEST) {
            throw new SearchException("a search may have " + LONGEST + " characters", LONGEST, 0, List.of());
        }
    }

    SearchQuery query() {
        List<Term> terms = new ArrayList<>();
        skipBlanks();
        while (at < text.length()) {
            if (terms.size() == SearchQuery.MOST_TERMS) {
                throw mistake("a search may have " + SearchQuery.MOST_TERMS + " terms", at, text.length(), List.of());
            }
            terms.add(term());
            skipBlanks();
        }
        return new SearchQuery(terms);
    }

    private Term term() {
        int start = at;
        boolean negated = text.charAt(at) == '-';
        if (negated) {
            at++;
        }
        if (at == text.length() || isBlank(text.charAt(at))) {
            throw mistake("a term must follow the minus sign", start, at, keyLabels());
        }
        if (text.charAt(at) == '"') {
            return words(quoted(), start, negated);
        }
        int wordStart = at;
        while (at < text.length() && !isBlank(text.charAt(at)) && ":<>=".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(wordStart, at);
        if (at == text.length() || isBlank(text.charAt(at))) {
            return words(word, start, negated);
        }
        SearchKey key = SearchKey.ofLabel(word, corpus)
                .orElseThrow(() -> mistake(
                        "there is no key '" + word + "'; put text with signs in quotes", wordStart, at, keyLabels()));
        return keyed(key, negated);
    }

    private Term keyed(SearchKey key, boolean negated) {
        int operatorStart = at;
        Operator operator = operator();
        List<String> values = new ArrayList<>();
        int valuesStart = at;
        do {
            if (!values.isEmpty()) {
                at++;
            }
            int valueStart = at;
            values.add(value());
            if (values.get(values.size() - 1).isEmpty()) {
                throw mistake(
                        "a value must follow '" + key.label() + text.substring(operatorStart, valuesStart) + "'",
                        valueStart,
                        at,
                        key.allowedValues());
            }
            if (values.size() > SearchQuery.MOST_VALUES) {
                throw mistake("a term may have " + SearchQuery.MOST_VALUES + " values", valueStart, at, List.of());
            }
        } while (at < text.length() && text.charAt(at) == ',');
        if (operator == Operator.EQUAL && !isNumeric(key, values)) {
            return ofValues(key, values, valuesStart, negated);
        }
        if (!key.comparable()) {
            throw mistake(
                    "'" + key.label() + "' is no number: write " + key.label() + ":VALUE",
                    operatorStart,
                    valuesStart,
                    List.of(":"));
        }
        if (values.size() > 1) {
            throw mistake("a comparison has one value", valuesStart, at, List.of());
        }
        return new Comparison(key, operator, number(key, values.get(0), valuesStart), negated);
    }

    /** Whether a number is compared; a status may also be an outcome, or one of several numbers. */
    private static boolean isNumeric(SearchKey key, List<String> values) {
        return switch (key.type()) {
            case NUMBER, DURATION -> true;
            case STATUS -> values.size() == 1 && values.get(0).matches("[0-9]{3}");
            case TEXT, FLAG -> false;
        };
    }

    private Term ofValues(SearchKey key, List<String> values, int start, boolean negated) {
        if (key.type() == SearchKey.Type.STATUS) {
            boolean numbers = values.stream().allMatch(value -> value.matches("[0-9]{3}"));
            if (!numbers) {
                requireAllowed(SearchKey.OUTCOME, values, start);
            }
            return new Values(numbers ? SearchKey.STATUS : SearchKey.OUTCOME, values, negated);
        }
        requireAllowed(key, values, start);
        return new Values(key, values, negated);
    }

    private void requireAllowed(SearchKey key, List<String> values, int start) {
        List<String> allowed = key.allowedValues();
        for (String value : values) {
            if (!allowed.isEmpty() && !value.endsWith("*") && !allowed.contains(value)) {
                throw mistake(
                        "'" + key.label() + "' is never '" + value + "'; it is one of " + String.join(", ", allowed),
                        start,
                        at,
                        allowed);
            }
        }
    }

    private Operator operator() {
        for (Operator operator : Operator.values()) {
            if (text.startsWith(operator.sign(), at)) {
                at += operator.sign().length();
                return operator;
            }
        }
        if (text.charAt(at) == '=') {
            at++;
            return Operator.EQUAL;
        }
        throw mistake("an operator is missing", at, at + 1, List.of(":", ">", ">=", "<", "<="));
    }

    private String value() {
        if (at < text.length() && text.charAt(at) == '"') {
            return quoted();
        }
        int start = at;
        while (at < text.length() && !isBlank(text.charAt(at)) && text.charAt(at) != ',') {
            at++;
        }
        return text.substring(start, at);
    }

    /** From a quotation mark to the next; a backslash takes the character behind it as it is. */
    private String quoted() {
        int start = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at++));
        }
        if (at == text.length()) {
            throw mistake("the closing quotation mark is missing", start, at, List.of("\""));
        }
        at++;
        return value.toString();
    }

    private Term words(String word, int start, boolean negated) {
        return Words.of(word, negated)
                .orElseThrow(() -> mistake("text must have a letter or a digit", start, at, keyLabels()));
    }

    private double number(SearchKey key, String value, int start) {
        boolean duration = key.type() == SearchKey.Type.DURATION;
        Map<String, Double> units = duration ? MILLIS : COUNTS;
        Matcher number = NUMBER.matcher(value);
        Optional<Double> unit = number.matches() ? Optional.ofNullable(units.get(number.group(2))) : Optional.empty();
        return unit.map(factor -> Double.parseDouble(number.group(1)) * factor)
                .orElseThrow(() -> mistake(
                        "'" + key.label() + "' needs a number" + (duration ? " with a unit such as 500ms or 2s" : "")
                                + ", not '" + value + "'",
                        start,
                        at,
                        duration ? List.of("500ms", "2s") : List.of("100")));
    }

    private List<String> keyLabels() {
        return SearchKey.of(corpus).stream().map(SearchKey::label).toList();
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char character) {
        return Character.isWhitespace(character);
    }

    private static SearchException mistake(String message, int from, int to, List<String> expected) {
        return new SearchException(message, from, Math.max(0, to - from), expected);
    }

    static String quotedIfNeeded(String value) {
        boolean plain =
                !value.isEmpty() && value.chars().noneMatch(c -> Character.isWhitespace(c) || c == ',' || c == '"');
        return plain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    static String lower(String word) {
        return word.toLowerCase(Locale.ROOT);
    }
}
