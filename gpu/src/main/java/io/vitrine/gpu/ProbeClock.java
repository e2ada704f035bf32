package io.vitrine.gpu;

import java.time.Instant;

/** Time for the probe: a monotonic one to measure with and the wall's to tell. Handed in, so that tests can move it. Any thread. */
public interface ProbeClock {

    /** Nanoseconds since an arbitrary origin, as {@link System#nanoTime}. */
    long nanoTime();

    /** The time of day. */
    Instant now();
}
