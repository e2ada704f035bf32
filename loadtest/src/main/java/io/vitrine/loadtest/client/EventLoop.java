package io.vitrine.loadtest.client;

/** One thread with a clock; all that a driver does happens on it. */
public interface EventLoop {

    long nanoTime();

    /** Runs the task on the loop at that time, at once if it is past. */
    Timer runAt(long atNanos, Runnable task);

    /** A task that has yet to run. */
    @FunctionalInterface
    interface Timer {

        void cancel();
    }
}
