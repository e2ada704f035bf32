package io.vitrine.observability.tracing;

import java.time.Clock;
import java.time.Instant;

/**
 * What the engine's nanoseconds are in the time of day. Fixed once a request, so that its spans lie to one another as its
 * events did, whatever happens to the machine's clock meanwhile.
 *
 * @param epochNanos the time of day, since 1970
 * @param atNanos the engine's clock at that moment
 */
record WallClock(long epochNanos, long atNanos) {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    static WallClock at(long nanos, Clock clock) {
        return new WallClock(epochNanos(clock.instant()), nanos);
    }

    long epoch(long nanos) {
        return epochNanos + (nanos - atNanos);
    }

    static long epochNanos(Instant instant) {
        return instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
    }
}
