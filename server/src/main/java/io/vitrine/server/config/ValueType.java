package io.vitrine.server.config;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.vitrine.grammar.tools.ToolFormat;

/**
 * Reads one kind of value from text.
 *
 * @param <T> what it becomes
 */
@FunctionalInterface
interface ValueType<T> {

    /**
     * The value.
     *
     * @throws IllegalArgumentException if the text is none; the message is the rule, to follow the key's name: "must be …"
     */
    T parse(String text);

    /** Left to the server, as an alternative to a value. */
    String AUTO = "auto";

    static ValueType<String> text() {
        return text -> {
            require(!text.isBlank(), "must not be empty");
            return text;
        };
    }

    static ValueType<String> text(Pattern pattern, String rule) {
        return text -> {
            require(pattern.matcher(text).matches(), rule);
            return text;
        };
    }

    /** Empty for an empty text. */
    static ValueType<Optional<String>> optionalText() {
        return text -> text.isBlank() ? Optional.empty() : Optional.of(text);
    }

    static ValueType<URI> httpAddress() {
        String rule = "must be an http or https address";
        return text -> {
            try {
                URI address = new URI(text);
                boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
                require(http && address.getHost() != null, rule);
                return address;
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException(rule, e);
            }
        };
    }

    /** Empty for {@code auto}. */
    static ValueType<Optional<URI>> httpAddressOrAuto() {
        Function<URI, Optional<URI>> present = Optional::of;
        return orAuto(httpAddress(), present, Optional.empty());
    }

    /** Empty for an empty text. */
    static ValueType<Optional<Path>> optionalPath() {
        ValueType<Path> path = path();
        return text -> text.isBlank() ? Optional.empty() : Optional.of(path.parse(text));
    }

    static ValueType<Path> path() {
        return text -> {
            require(!text.isBlank(), "must not be empty");
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("must be a path", e);
            }
        };
    }

    static ValueType<Boolean> bool() {
        return text -> {
            require(text.equals("true") || text.equals("false"), "must be true or false");
            return text.equals("true");
        };
    }

    static ValueType<Integer> integer(int min, int max) {
        String rule = "must be a whole number between " + min + " and " + max;
        return text -> Math.toIntExact(within(number(text, rule), min, max, rule));
    }

    /** A part of the whole, from 0 to 1. */
    static ValueType<Double> ratio() {
        String rule = "must be a number between 0 and 1";
        return text -> {
            double value = decimal(text, rule);
            require(value >= 0 && value <= 1, rule);
            return value;
        };
    }

    /** A price; empty for an empty text. */
    static ValueType<Optional<BigDecimal>> optionalAmount() {
        String rule = "must be an amount between 0 and 1000000, such as 0.35";
        return text -> {
            if (text.isBlank()) {
                return Optional.empty();
            }
            // No exponents: a number of a billion digits could be written with one.
            require(text.matches("[0-9]{1,7}(\\.[0-9]{1,9})?"), rule);
            BigDecimal amount = new BigDecimal(text);
            require(amount.compareTo(BigDecimal.valueOf(1_000_000)) <= 0, rule);
            return Optional.of(amount);
        };
    }

    private static double decimal(String text, String rule) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(rule, e);
        }
    }

    /** Names with commas between them; none for an empty text. */
    static ValueType<Set<String>> names(int maxCount) {
        String rule = "must be at most " + maxCount + " names, with commas between them";
        return text -> {
            Set<String> names = Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toUnmodifiableSet());
            require(names.size() <= maxCount, rule);
            return names;
        };
    }

    /** Short words of letters, digits, underscores and dashes, with commas between them; none for an empty text. */
    static ValueType<Set<String>> words(int maxCount, int maxLength) {
        String rule = "must be at most " + maxCount + " words of at most " + maxLength
                + " letters, digits, underscores and dashes, with commas between them";
        ValueType<Set<String>> names = names(maxCount);
        Pattern word = Pattern.compile("[A-Za-z0-9_-]{1," + maxLength + "}");
        return text -> {
            Set<String> words = names.parse(text);
            require(words.stream().allMatch(word.asMatchPredicate()), rule);
            return words;
        };
    }

    /** Origins as browsers write them, or {@code *} for all; none for an empty text. */
    static ValueType<Set<String>> origins(int maxCount) {
        String rule = "must be * or at most " + maxCount
                + " origins such as https://app.example or http://localhost:3000," + " with commas between them";
        ValueType<Set<String>> names = names(maxCount);
        return text -> {
            Set<String> origins = names.parse(text);
            require(origins.size() == 1 || !origins.contains("*"), rule);
            require(
                    origins.stream().allMatch(origin -> origin.matches("\\*|[a-z][a-z0-9+.-]*://[^\\s/,*\"<>]+")),
                    rule);
            return origins;
        };
    }

    static ValueType<OptionalInt> integerOrAuto(int min, int max) {
        Function<Integer, OptionalInt> present = OptionalInt::of;
        return orAuto(integer(min, max), present, OptionalInt.empty());
    }

    /** A size such as {@code 16MiB}; a bare number counts bytes. */
    static ValueType<Long> bytes(String min, String max) {
        long least = Units.bytes(min, "");
        long most = Units.bytes(max, "");
        String rule = "must be a size between " + min + " and " + max + ", such as 512KiB or 16MiB";
        return text -> within(Units.bytes(text, rule), least, most, rule);
    }

    static ValueType<OptionalLong> bytesOrAuto(String min, String max) {
        Function<Long, OptionalLong> present = OptionalLong::of;
        return orAuto(bytes(min, max), present, OptionalLong.empty());
    }

    /** A time such as {@code 500ms}, {@code 30s}, {@code 2m} or {@code 1h}. */
    static ValueType<Duration> duration(String min, String max) {
        long least = Units.millis(min, "");
        long most = Units.millis(max, "");
        String rule = "must be a time between " + min + " and " + max + ", such as 500ms, 30s or 2m";
        return text -> Duration.ofMillis(within(Units.millis(text, rule), least, most, rule));
    }

    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
        Map<String, E> values = Arrays.stream(type.getEnumConstants())
                .collect(Collectors.toMap(value -> value.name().toLowerCase(Locale.ROOT), Function.identity()));
        String rule = "must be one of "
                + Arrays.stream(type.getEnumConstants())
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
        return text -> {
            E value = values.get(text);
            if (value == null) {
                throw new IllegalArgumentException(rule);
            }
            return value;
        };
    }

    /** The name of a form of tool calls; empty for auto. */
    static ValueType<Optional<ToolFormat>> toolFormatOrAuto() {
        String rule = "must be auto or one of "
                + Arrays.stream(ToolFormat.values()).map(ToolFormat::id).collect(Collectors.joining(", "));
        return text -> {
            Optional<ToolFormat> format = ToolFormat.named(text);
            if (format.isEmpty() && !text.equals(AUTO)) {
                throw new IllegalArgumentException(rule);
            }
            return format;
        };
    }

    private static <T, R> ValueType<R> orAuto(ValueType<T> type, Function<T, R> present, R empty) {
        return text -> {
            if (text.equals(AUTO)) {
                return empty;
            }
            try {
                return present.apply(type.parse(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage() + ", or auto", e);
            }
        };
    }

    private static long number(String text, String rule) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(rule, e);
        }
    }

    private static long within(long value, long min, long max, String rule) {
        require(value >= min && value <= max, rule);
        return value;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
