package io.vitrine.observability;

/** Hears the pulse of event loops, and so when one of them was held up. */
@FunctionalInterface
public interface LoopWatch {

    /** Hears nothing. */
    LoopWatch NONE = atNanos -> {};

    /** How often each loop is to beat. */
    int PERIOD_MILLIS = 50;

    /** The calling event loop is alive; by a timer of its own, every {@value #PERIOD_MILLIS} ms. */
    void beat(long atNanos);
}
