package io.vitrine.loadtest.report;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
public final class Numbers {

    /** Where there is no number. */
    public static final String NONE = "–";

    private Numbers() {}

    /** Three significant digits, none after the point from 100 on. */
    public static String of(@Nullable Double value) {
        if (value == null || value.isNaN()) {
            return NONE;
        }
        double size = Math.abs(value);
        String pattern = size >= 100 || size == 0 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, pattern, value);
    }

    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** {@code p50}, {@code p99.9}. */
    static String quantile(double p) {
        double percent = 100 * p;
        return percent == Math.rint(percent)
                ? String.format(Locale.ROOT, "p%.0f", percent)
                : String.format(Locale.ROOT, "p%.1f", percent);
    }
}
