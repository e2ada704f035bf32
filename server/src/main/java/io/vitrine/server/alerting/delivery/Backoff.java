package io.vitrine.server.alerting.delivery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with full jitter: a uniform draw between zero and a bound that doubles with each failure, so
 * that what failed together does not come back together (M. Brooker, "Exponential Backoff and Jitter", 2015).
 *
 * @param first the bound after the first failure
 * @param limit the bound never grows beyond
 */
record Backoff(Duration first, Duration limit) {

    private static final int DOUBLINGS = 30;

    Backoff {
        if (first.isNegative() || first.isZero() || limit.compareTo(first) < 0) {
            throw new IllegalArgumentException("back-off must have 0 < first <= limit: " + first + ", " + limit);
        }
    }

    /** @param failures in a row, from 1 on */
    long delayMillis(int failures, RandomGenerator random) {
        int doublings = Math.min(Math.max(failures, 1) - 1, DOUBLINGS);
        long bound = Math.min(limit.toMillis(), first.toMillis() << doublings);
        return random.nextLong(bound + 1);
    }
}
