package io.vitrine.server.alerting;

import java.time.Clock;

import io.vitrine.model.engine.NanoClock;

/**
 * Times of evaluations: those of the wall clock, but never back. After the wall clock was set back they go on at the
 * pace of the machine, so that {@code for} and windows keep their lengths, until the wall clock has caught up. Not
 * thread-safe.
 */
final class EvaluationClock {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Clock wall;
    private final NanoClock nanos;
    private long lastMillis;
    private long lastNanos;

    EvaluationClock(Clock wall, NanoClock nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.lastMillis = wall.millis();
        this.lastNanos = nanos.nanoTime();
    }

    /** Later than every time before. */
    long millis() {
        long nowNanos = nanos.nanoTime();
        long elapsed = Math.max(1, (nowNanos - lastNanos) / NANOS_PER_MILLI);
        lastMillis = Math.max(lastMillis + elapsed, wall.millis());
        lastNanos = nowNanos;
        return lastMillis;
    }
}
