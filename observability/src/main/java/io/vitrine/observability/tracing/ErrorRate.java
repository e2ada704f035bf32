package io.vitrine.observability.tracing;

/** How many of the latest requests failed: over {@value #SECONDS} seconds, by the requests' own clock. For one thread at a time. */
final class ErrorRate {

    static final int SECONDS = 10;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final long[] second = new long[SECONDS];
    private final long[] requests = new long[SECONDS];
    private final long[] errors = new long[SECONDS];

    void count(long atNanos, boolean error) {
        long now = Math.floorDiv(atNanos, NANOS_PER_SECOND);
        int index = Math.floorMod(now, SECONDS);
        if (second[index] != now) {
            second[index] = now;
            requests[index] = 0;
            errors[index] = 0;
        }
        requests[index]++;
        errors[index] += error ? 1 : 0;
    }

    /** Failed ones among all; 0 if there were none. */
    double at(long atNanos) {
        long now = Math.floorDiv(atNanos, NANOS_PER_SECOND);
        long all = 0;
        long failed = 0;
        for (int index = 0; index < SECONDS; index++) {
            long age = now - second[index];
            if (age >= 0 && age < SECONDS) {
                all += requests[index];
                failed += errors[index];
            }
        }
        return all == 0 ? 0 : (double) failed / all;
    }
}
