package io.vitrine.gpu;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test moves by hand. Any thread. */
public final class ManualClock implements ProbeClock {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicLong nanos = new AtomicLong();

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Instant now() {
        return START.plusNanos(nanos.get());
    }

    /** Puts the clock at a second. */
    public void at(double seconds) {
        nanos.set((long) (seconds * 1e9));
    }

    /** Moves it on. */
    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
