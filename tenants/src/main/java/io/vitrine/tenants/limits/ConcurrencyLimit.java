package io.vitrine.tenants.limits;

/**
 * Counts a tenant's requests under way, and learns how long one takes, to say when the next place will be free. Guarded by its
 * owner's lock.
 */
final class ConcurrencyLimit {

    private static final long FIRST_GUESS_NANOS = 1_000_000_000L;
    private static final double NEWEST_WEIGHT = 0.2;

    private long running;
    private double meanNanos = FIRST_GUESS_NANOS;

    boolean full(long limit) {
        return running >= limit;
    }

    boolean idle() {
        return running == 0;
    }

    void started() {
        running++;
    }

    void ended(long durationNanos) {
        running--;
        meanNanos += NEWEST_WEIGHT * (durationNanos - meanNanos);
    }

    /** Of so many that began at any time, the first is expected to end after this. */
    long nanosUntilOneEnds() {
        return Math.round(meanNanos / Math.max(1, running));
    }
}
