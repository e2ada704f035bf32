package io.vitrine.server;

import java.time.Instant;

import io.vitrine.gpu.ProbeClock;

/** The machine's clocks. */
final class SystemProbeClock implements ProbeClock {

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
