package io.vitrine.loadtest.overhead;

import java.util.Locale;

/** What an interval says about a margin, and no more than that. */
enum Verdict {
    /** The 90 % interval lies inside the margin on both sides: two one-sided tests at 5 %. */
    WITHIN,
    /** The 90 % interval lies outside the margin. */
    EXCEEDS,
    /** Neither: more blocks, or a quieter machine, would be needed. */
    INCONCLUSIVE;

    static Verdict of(double low, double high, double margin) {
        if (low > -margin && high < margin) {
            return WITHIN;
        }
        return low > margin || high < -margin ? EXCEEDS : INCONCLUSIVE;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
