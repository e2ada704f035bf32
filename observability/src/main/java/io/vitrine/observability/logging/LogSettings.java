package io.vitrine.observability.logging;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.catalogue.LogLevel;

/**
 * Where log lines go and how much of them is kept.
 *
 * @param directory of {@code vitrine.json} and of the older files, which are compressed; made if missing
 * @param rollBytes the file is rolled when it is larger, and at midnight UTC
 * @param keptFiles how many older files are kept
 * @param queueLimit lines that may wait for the file, and as many for the collector and the store; one more is lost and counted
 * @param consoleQueueLimit lines that may wait for the console; one more is lost there and counted
 * @param level of every category at the start
 * @param repeatLimit lines of one kind that are written in an interval, of those whose repeats are sampled
 * @param repeatInterval after which the number of those left out is written
 * @param otlp where lines are sent beside the file; empty for nowhere
 * @param resource who sends them
 */
public record LogSettings(
        Path directory,
        ConsoleFormat console,
        long rollBytes,
        int keptFiles,
        int queueLimit,
        int consoleQueueLimit,
        LogLevel level,
        int repeatLimit,
        Duration repeatInterval,
        Optional<OtlpSettings> otlp,
        ResourceAttributes resource) {

    private static final long MEBIBYTE = 1 << 20;

    public LogSettings {
        requirePositive("rollBytes", rollBytes);
        requirePositive("keptFiles", keptFiles);
        requirePositive("queueLimit", queueLimit);
        requirePositive("consoleQueueLimit", consoleQueueLimit);
        requirePositive("repeatLimit", repeatLimit);
        requirePositive("repeatInterval in milliseconds", repeatInterval.toMillis());
    }

    /** 64 MiB a file, 10 older ones, queues of 8192 lines, of 1024 for the console, INFO, 10 repeats a minute, no collector. */
    public static LogSettings in(Path directory) {
        return new LogSettings(
                directory,
                ConsoleFormat.AUTO,
                64 * MEBIBYTE,
                10,
                8192,
                1024,
                LogLevel.INFO,
                10,
                Duration.ofMinutes(1),
                Optional.empty(),
                new ResourceAttributes(Map.of()));
    }

    /** The same with another look of the console. */
    public LogSettings withConsole(ConsoleFormat format) {
        return new LogSettings(
                directory,
                format,
                rollBytes,
                keptFiles,
                queueLimit,
                consoleQueueLimit,
                level,
                repeatLimit,
                repeatInterval,
                otlp,
                resource);
    }

    /** The same with files of another size and number. */
    public LogSettings withFiles(long bytes, int kept) {
        return new LogSettings(
                directory,
                console,
                bytes,
                kept,
                queueLimit,
                consoleQueueLimit,
                level,
                repeatLimit,
                repeatInterval,
                otlp,
                resource);
    }

    /** The same with other queues. */
    public LogSettings withQueueLimits(int limit, int consoleLimit) {
        return new LogSettings(
                directory,
                console,
                rollBytes,
                keptFiles,
                limit,
                consoleLimit,
                level,
                repeatLimit,
                repeatInterval,
                otlp,
                resource);
    }

    /** The same with another queue for each destination but the console. */
    public LogSettings withQueueLimit(int limit) {
        return withQueueLimits(limit, consoleQueueLimit);
    }

    /** The same with another level. */
    public LogSettings withLevel(LogLevel other) {
        return new LogSettings(
                directory,
                console,
                rollBytes,
                keptFiles,
                queueLimit,
                consoleQueueLimit,
                other,
                repeatLimit,
                repeatInterval,
                otlp,
                resource);
    }

    /** The same with another limit on repeats. */
    public LogSettings withRepeats(int limit, Duration interval) {
        return new LogSettings(
                directory,
                console,
                rollBytes,
                keptFiles,
                queueLimit,
                consoleQueueLimit,
                level,
                limit,
                interval,
                otlp,
                resource);
    }

    /** The same with a collector, or none. */
    public LogSettings withOtlp(Optional<OtlpSettings> target, ResourceAttributes sender) {
        return new LogSettings(
                directory,
                console,
                rollBytes,
                keptFiles,
                queueLimit,
                consoleQueueLimit,
                level,
                repeatLimit,
                repeatInterval,
                target,
                sender);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be >= 1: " + value);
        }
    }
}
