package io.vitrine.store.telemetry;

import java.time.Duration;

/**
 * How much of one signal is kept in Parquet, whichever is less.
 *
 * @param maxAge counted from the end of a file's day
 * @param maxBytes of all its files together, the oldest going first
 */
public record Retention(Duration maxAge, long maxBytes) {

    public Retention {
        if (maxAge.isNegative()) {
            throw new IllegalArgumentException("maxAge must not be negative: " + maxAge);
        }
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes must be >= 0: " + maxBytes);
        }
    }
}
