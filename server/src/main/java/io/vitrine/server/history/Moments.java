package io.vitrine.server.history;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Times and durations as answers have them. */
final class Moments {

    private static final double NANOS_PER_MILLI = 1e6;

    private Moments() {}

    /** ISO 8601, UTC, to the nanosecond. */
    static String text(long epochNanos) {
        long second = TimeUnit.SECONDS.toNanos(1);
        return Instant.ofEpochSecond(Math.floorDiv(epochNanos, second), Math.floorMod(epochNanos, second))
                .toString();
    }

    static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }
}
