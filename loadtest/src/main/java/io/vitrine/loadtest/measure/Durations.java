package io.vitrine.loadtest.measure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as they are written on the command line. */
public final class Durations {

    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(us|ms|s|m|h)?");
    private static final double LONGEST_NANOS = 1e9 * 3600 * 24 * 30;

    private Durations() {}

    /** Reads {@code 500ms}, {@code 1.5s}, {@code 2m}; without a unit it is seconds. */
    public static long nanos(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a time is 500ms, 1.5s, 2m or 1h: " + text);
        }
        double unit =
                switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
                    case "us" -> 1e3;
                    case "ms" -> 1e6;
                    case "m" -> 60e9;
                    case "h" -> 3600e9;
                    default -> 1e9;
                };
        double nanos = Double.parseDouble(matcher.group(1)) * unit;
        if (nanos > LONGEST_NANOS) {
            throw new IllegalArgumentException("a time must be <= 30 days: " + text);
        }
        return Math.round(nanos);
    }
}
