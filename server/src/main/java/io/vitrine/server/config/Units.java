package io.vitrine.server.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with a unit, as the configuration writes them. */
final class Units {

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,15})([A-Za-z]*)");
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Units() {}

    /** Bytes in {@code text}; {@code rule} is the message if it is no size. */
    static long bytes(String text, String rule) {
        return parse(text, BYTES, rule);
    }

    /** Milliseconds in {@code text}; {@code rule} is the message if it is no time. A bare number is none: of what unit? */
    static long millis(String text, String rule) {
        return parse(text, MILLIS, rule);
    }

    private static long parse(String text, Map<String, Long> units, String rule) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(rule);
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(rule, e);
        }
    }
}
