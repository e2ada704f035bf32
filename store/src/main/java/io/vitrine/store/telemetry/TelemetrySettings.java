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
 * @param warmAfter age at which a day's file becomes Parquet, in whole days; 0 as soon as its day is over
 * @param coldAfter age at which a warm file is moved
 * @param retention what of each signal is kept; a signal without an entry is kept for good
 * @param grace how long a file must have been due before it is deleted
 * @param memoryMegabytes what DuckDB may use
 * @param threads that DuckDB computes with
 * @param queryLimit how long one question may take
 */
public record TelemetrySettings(
        Path hotDirectory,
        Path warmDirectory,
        Path coldDirectory,
        int queueLimit,
        int batchLimit,
        Duration gatherTime,
        Duration warmAfter,
        Duration coldAfter,
        Map<Signal, Retention> retention,
        Duration grace,
        int memoryMegabytes,
        int threads,
        Duration queryLimit) {
    private static final int LEAST_MEGABYTES = 64;

    public TelemetrySettings {
        if (queueLimit < 1) {
            throw new IllegalArgumentException("queueLimit must be >= 1: " + queueLimit);
        }
        if (batchLimit < 1) {
            throw new IllegalArgumentException("batchLimit must be >= 1: " + batchLimit);
        }
        requireNotNegative("gatherTime", gatherTime);
        requireNotNegative("warmAfter", warmAfter);
        requireNotNegative("coldAfter", coldAfter);
        requireNotNegative("grace", grace);
        requireNotNegative("queryLimit", queryLimit);
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be >= 1: " + threads);
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
                Duration.ZERO,
                Duration.ofDays(7),
                Map.of(),
                Duration.ofDays(1),
                256,
                1,
                Duration.ofSeconds(10));
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
                warmAfter,
                coldAfter,
                kept,
                graceTime,
                memoryMegabytes,
                threads,
                queryLimit);
    }

    /** The same with other ages. */
    public TelemetrySettings agingAfter(Duration warm, Duration cold) {
        return new TelemetrySettings(
                hotDirectory,
                warmDirectory,
                coldDirectory,
                queueLimit,
                batchLimit,
                gatherTime,
                warm,
                cold,
                retention,
                grace,
                memoryMegabytes,
                threads,
                queryLimit);
    }

    /** The same with old files elsewhere. */
    public TelemetrySettings coldIn(Path directory) {
        return new TelemetrySettings(
                hotDirectory,
                warmDirectory,
                directory,
                queueLimit,
                batchLimit,
                gatherTime,
                warmAfter,
                coldAfter,
                retention,
                grace,
                memoryMegabytes,
                threads,
                queryLimit);
    }

    /** The same with another queue. */
    public TelemetrySettings queueing(int rows) {
        return new TelemetrySettings(
                hotDirectory,
                warmDirectory,
                coldDirectory,
                rows,
                batchLimit,
                gatherTime,
                warmAfter,
                coldAfter,
                retention,
                grace,
                memoryMegabytes,
                threads,
                queryLimit);
    }

    /** The same with other patience. */
    public TelemetrySettings limitingQuestionsTo(Duration limit) {
        return new TelemetrySettings(
                hotDirectory,
                warmDirectory,
                coldDirectory,
                queueLimit,
                batchLimit,
                gatherTime,
                warmAfter,
                coldAfter,
                retention,
                grace,
                memoryMegabytes,
                threads,
                limit);
    }

    /** The same with more or less of the machine for DuckDB. */
    public TelemetrySettings computingWith(int megabytes, int threadCount) {
        return new TelemetrySettings(
                hotDirectory,
                warmDirectory,
                coldDirectory,
                queueLimit,
                batchLimit,
                gatherTime,
                warmAfter,
                coldAfter,
                retention,
                grace,
                megabytes,
                threadCount,
                queryLimit);
    }

    /** Where DuckDB puts what its memory has no room for. */
    Path spillDirectory() {
        return hotDirectory.resolve("spill");
    }

    private static void requireNotNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }
}
