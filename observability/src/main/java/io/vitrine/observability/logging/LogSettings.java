package io.vitrine.observability.logging;

import java.nio.file.Path;

/**
 * Where log lines go and how much of them is kept.
 *
 * @param directory of {@code vitrine.json} and of the older files, which are compressed; made if missing
 * @param rollBytes the file is rolled when it is larger, and at midnight UTC
 * @param keptFiles how many older files are kept
 * @param queueLimit lines that may wait for the disk; one more is lost and counted
 */
public record LogSettings(Path directory, ConsoleFormat console, long rollBytes, int keptFiles, int queueLimit) {

    private static final long MEBIBYTE = 1 << 20;

    public LogSettings {
        requirePositive("rollBytes", rollBytes);
        requirePositive("keptFiles", keptFiles);
        requirePositive("queueLimit", queueLimit);
    }

    /** 64 MiB a file, 10 older ones, a queue of 8192 lines. */
    public static LogSettings in(Path directory) {
        return new LogSettings(directory, ConsoleFormat.AUTO, 64 * MEBIBYTE, 10, 8192);
    }

    /** The same with another look of the console. */
    public LogSettings withConsole(ConsoleFormat format) {
        return new LogSettings(directory, format, rollBytes, keptFiles, queueLimit);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be >= 1: " + value);
        }
    }
}
