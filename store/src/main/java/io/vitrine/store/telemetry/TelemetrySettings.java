package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Where telemetry lies, for how long, and how much of the machine it may take.
 *
 * @param hotDirectory SQLite files, one a day
 * @param warmDirectory Parquet files of finished days
 * @param coldDirectory Parquet files older than {@code coldAfter}; another disk or a mount
 * @param queueLimit rows that may wait to be written; one more is dropped and counted
 * @param batchLimit rows in one transaction at most
 * @param gatherTime how long rows gather before a transaction, so that few of them cost little
 * @param coldAfter age at which a warm file is moved
 * @param retention what of each signal is kept; a signal without an entry is kept for good
 * @param grace how long a file must have been due before it is deleted
 * @param memoryMegabytes what DuckDB may use
 */
public record TelemetrySettings(
        Path hotDirectory,
        Path warmDirectory,
        Path coldDirectory,
        int queueLimit,
        int batchLimit,
        Duration gatherTime,
        Duration coldAfter,
        Map<Signal, Retention> retention,
        Duration grace,
        int memoryMegabytes) {
    private static final int LEAST_MEGABYTES = 64;

    public TelemetrySettings {
        if (queueLimit < 1) {
            throw new IllegalArgumentException("queueLimit must be >= 1: " + queueLimit);
        }
        if (batchLimit < 1) {
            throw new IllegalArgumentException("batchLimit must be >= 1: " + batchLimit);
        }
        if (gatherTime.isNegative() || coldAfter.isNegative() || grace.isNegative()) {
            throw new IllegalArgumentException("gatherTime, coldAfter and grace must not be negative: " + gatherTime
                    + ", " + coldAfter + ", " + grace);
        }
        if (memoryMegabytes < LEAST_MEGABYTES) {
            throw new IllegalArgumentException(
                    "memoryMegabytes must be >= " + LEAST_MEGABYTES + ": " + memoryMegabytes);
        }
        retention = Map.copyOf(retention);
    }

    /** The usual limits, everything below one directory. */
    public static TelemetrySettings in(Path directory) {
        return new TelemetrySettings(
                directory.resolve("hot"),
                directory.resolve("warm"),
                directory.resolve("cold"),
                65_536,
                4_096,
                Duration.ofMillis(50),
                Duration.ofDays(7),
                Map.of(),
                Duration.ofDays(1),
                256);
    }

    /** The same with other retention and grace. */
    public TelemetrySettings keeping(Map<Signal, Retention> kept, Duration graceTime) {
        return new TelemetrySettings(
                hotDirectory,
                warmDirectory,
                coldDirectory,
                queueLimit,
                batchLimit,
                gatherTime,
                coldAfter,
                kept,
                graceTime,
                memoryMegabytes);
    }
}
