package io.vitrine.server.api;

import java.math.BigDecimal;

/**
 * Numbers from {@code min} to {@code max}.
 *
 * @param minIncluded whether {@code min} itself is one of them; {@code max} always is
 */
record Interval(double min, double max, boolean minIncluded) {

    static Interval closed(double min, double max) {
        return new Interval(min, max, true);
    }

    static Interval above(double min, double max) {
        return new Interval(min, max, false);
    }

    boolean holds(double value) {
        return (minIncluded ? value >= min : value > min) && value <= max;
    }

    /** Exactly: not as the nearest double, which may be the bound itself. */
    boolean holds(BigDecimal value) {
        int toMin = value.compareTo(BigDecimal.valueOf(min));
        return (minIncluded ? toMin >= 0 : toMin > 0) && value.compareTo(BigDecimal.valueOf(max)) <= 0;
    }

    /** In words, to follow "must be". */
    String rule() {
        return minIncluded
                ? "a number between " + shown(min) + " and " + shown(max)
                : "a number above " + shown(min) + " and at most " + shown(max);
    }

    private static String shown(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
