package io.vitrine.model.engine;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test moves by hand. Any thread. */
public final class FakeClock implements NanoClock {

    private final AtomicLong nanos = new AtomicLong();

    /** Stands at 0. */
    public FakeClock() {}

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    /** Moves the clock on. */
    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
