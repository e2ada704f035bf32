package io.vitrine.alerting.query;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Prometheus writes them: {@code 5m}, {@code 1h30m}, {@code 3d}. */
public final class PromDuration {

    static final Pattern SYNTAX = Pattern.compile("(?:\\d{1,12}(?:ms|[smhdwy]))+");

    private static final Pattern PART = Pattern.compile("(\\d+)(ms|[smhdwy])");

    private PromDuration() {}

    /**
     * Reads one; {@code 0} is one too.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (!SYNTAX.matcher(text).matches()) {
            throw new IllegalArgumentException("not a duration such as 30s, 5m or 1h30m: " + text);
        }
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            sum = sum.plus(unit(parts.group(2)).multipliedBy(Long.parseLong(parts.group(1))));
        }
        return sum;
    }

    private static Duration unit(String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            case "d" -> Duration.ofDays(1);
            case "w" -> Duration.ofDays(7);
            case "y" -> Duration.ofDays(365);
            default -> throw new IllegalArgumentException("not a unit of time: " + unit);
        };
    }

    /** The shortest form of the largest unit that fits, such as {@code 90s} or {@code 6h}. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        String[] units = {"d", "h", "m", "s"};
        for (String unit : units) {
            if (millis % unit(unit).toMillis() == 0) {
                return millis / unit(unit).toMillis() + unit;
            }
        }
        return millis + "ms";
    }
}
