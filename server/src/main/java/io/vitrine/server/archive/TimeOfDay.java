package io.vitrine.server.archive;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The machine's clock, as rows have it. */
final class TimeOfDay {

    private TimeOfDay() {}

    static long epochNanos() {
        return epochNanos(Instant.now());
    }

    static long epochNanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }
}
