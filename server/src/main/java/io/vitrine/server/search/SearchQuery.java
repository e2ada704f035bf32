package io.vitrine.server.search;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A search that was understood: terms that must all hold.
 *
 * @param terms at most {@link #MOST_TERMS}
 */
public record SearchQuery(List<Term> terms) {

    /** Matches everything. */
    public static final SearchQuery ALL = new SearchQuery(List.of());

    static final int MOST_TERMS = 32;
    static final int MOST_VALUES = 32;

    public SearchQuery {
        terms = List.copyOf(terms);
    }

    /**
     * Understands a text; a blank one matches everything.
     *
     * @throws SearchException if there is a mistake
     */
    public static SearchQuery parse(@Nullable String text, SearchKey.Corpus corpus) {
        return text == null || text.isBlank() ? ALL : new SearchParser(text, corpus).query();
    }

    public boolean matches(SearchRow row) {
        for (Term term : terms) {
            if (term.matches(row) == term.negated()) {
                return false;
            }
        }
        return true;
    }

    /** This query and another one. */
    public SearchQuery and(SearchQuery other) {
        return new SearchQuery(
                Stream.concat(terms.stream(), other.terms.stream()).toList());
    }

    /** The keys that it asks about. */
    public Set<SearchKey> keys() {
        Set<SearchKey> keys = EnumSet.noneOf(SearchKey.class);
        for (Term term : terms) {
            if (term instanceof Values values) {
                keys.add(values.key());
            } else if (term instanceof Comparison comparison) {
                keys.add(comparison.key());
            }
        }
        return keys;
    }

    /** The value that a key must have, if the query asks for exactly one; a store can look for it. */
    public Optional<String> required(SearchKey key) {
        return terms.stream()
                .filter(term -> !term.negated())
                .filter(Values.class::isInstance)
                .map(Values.class::cast)
                .filter(values -> values.key() == key && values.values().size() == 1)
                .map(values -> values.values().get(0))
                .filter(value -> !value.endsWith("*"))
                .findFirst();
    }

    /** Words that the message must have, each for itself; a store can look for them. Empty if none. */
    public Optional<String> requiredWords() {
        String words = terms.stream()
                .filter(term -> !term.negated())
                .filter(Words.class::isInstance)
                .map(term -> ((Words) term).text())
                .collect(Collectors.joining(" "));
        return words.isBlank() ? Optional.empty() : Optional.of(words);
    }

    /** One condition. */
    public sealed interface Term permits Words, Values, Comparison {

        boolean negated();

        /** Before the negation. */
        boolean matches(SearchRow row);
    }

    /** A word or a phrase that the message has, as whole words, in any case. */
    record Words(String text, Pattern pattern, boolean negated) implements Term {

        private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

        /** Empty if there is no letter and no digit in it. */
        static Optional<Words> of(String text, boolean negated) {
            String pattern = WORD.matcher(text)
                    .results()
                    .map(word -> Pattern.quote(word.group()))
                    .collect(Collectors.joining("[^\\p{L}\\p{N}]+"));
            return pattern.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Words(
                            text,
                            Pattern.compile(
                                    "(?<![\\p{L}\\p{N}])" + pattern + "(?![\\p{L}\\p{N}])",
                                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE),
                            negated));
        }

        @Override
        public boolean matches(SearchRow row) {
            return pattern.matcher(row.message()).find();
        }
    }

    /** A key that has one of some values; {@code *} at a value's end stands for any rest. */
    record Values(SearchKey key, List<String> values, boolean negated) implements Term {

        Values {
            values = List.copyOf(values);
        }

        @Override
        public boolean matches(SearchRow row) {
            Optional<String> found = row.text(key);
            return found.isPresent() && values.stream().anyMatch(value -> fits(found.get(), value));
        }

        private static boolean fits(String found, String value) {
            if (value.endsWith("*")) {
                String start = value.substring(0, value.length() - 1);
                return found.toLowerCase(Locale.ROOT).startsWith(start.toLowerCase(Locale.ROOT));
            }
            return found.equals(value);
        }
    }

    /** A number that is compared. */
    record Comparison(SearchKey key, Operator operator, double value, boolean negated) implements Term {

        @Override
        public boolean matches(SearchRow row) {
            OptionalDouble found = row.number(key);
            return found.isPresent() && operator.holds(found.getAsDouble(), value);
        }
    }

    /** Between a key and a number. */
    enum Operator {
        AT_LEAST(">="),
        AT_MOST("<="),
        MORE(">"),
        LESS("<"),
        EQUAL(":");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }

        boolean holds(double found, double value) {
            return switch (this) {
                case AT_LEAST -> found >= value;
                case AT_MOST -> found <= value;
                case MORE -> found > value;
                case LESS -> found < value;
                case EQUAL -> Double.compare(found, value) == 0;
            };
        }
    }
}
