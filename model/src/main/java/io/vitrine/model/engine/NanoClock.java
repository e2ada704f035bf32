package io.vitrine.model.engine;

/** Monotonic time, so that tests can hold it still. */
@FunctionalInterface
public interface NanoClock {

    /** Nanoseconds since an arbitrary origin, as {@link System#nanoTime}; libtorch's clock has the same origin. */
    long nanoTime();
}
