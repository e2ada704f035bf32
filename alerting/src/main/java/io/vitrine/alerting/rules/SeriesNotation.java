package io.vitrine.alerting.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of a series over time as promtool's test files write them: {@code 1 2 _ 3x4 0+10x100}. */
final class SeriesNotation {

    private static final Pattern REPEATED =
            Pattern.compile("(_|-?[\\d.]+(?:[eE][+-]?\\d+)?)(?:([+-][\\d.]+))?x(\\d{1,6})");

    private SeriesNotation() {}

    /**
     * One value for each scrape; empty where the series is missing.
     *
     * @throws IllegalArgumentException if it is not understood
     */
    static List<OptionalDouble> parse(String text) {
        List<OptionalDouble> values = new ArrayList<>();
        for (String part : Pattern.compile("\\s+").splitAsStream(text.strip()).toList()) {
            Matcher repeated = REPEATED.matcher(part);
            if (repeated.matches()) {
                repeat(repeated, values);
            } else if (part.equals("_") || part.equals("stale")) {
                values.add(OptionalDouble.empty());
            } else {
                values.add(OptionalDouble.of(number(part)));
            }
        }
        return values;
    }

    /** {@code ax n} has n + 1 values, {@code _xn} has n. */
    private static void repeat(Matcher repeated, List<OptionalDouble> values) {
        int count = Integer.parseInt(repeated.group(3));
        if (repeated.group(1).equals("_")) {
            values.addAll(java.util.Collections.nCopies(count, OptionalDouble.empty()));
            return;
        }
        double first = number(repeated.group(1));
        double step = repeated.group(2) == null ? 0 : number(repeated.group(2));
        double value = first;
        for (int index = 0; index <= count; index++) {
            values.add(OptionalDouble.of(value));
            value += step;
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a value of a series: " + text, e);
        }
    }
}
