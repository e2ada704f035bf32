package io.vitrine.model.hub;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.vitrine.model.engine.NanoClock;

/** Runs programs of the operating system, with nothing to read on standard input. */
final class ProcessCommandRunner implements CommandRunner {

    private static final long TICK_MILLIS = 200;
    private static final int KEPT_LINES = 15;

    private final NanoClock clock;

    ProcessCommandRunner(NanoClock clock) {
        this.clock = clock;
    }

    @Override
    public Outcome run(List<String> command, Map<String, String> environment, Duration limit, Runnable whileRunning)
            throws IOException, InterruptedException {
        // A file takes the output, because a pipe would need a thread to empty it.
        Path output = Files.createTempFile("vitrine-command", ".txt");
        try {
            int exitCode = runInto(output, command, environment, limit, whileRunning);
            return new Outcome(exitCode, lastLines(output));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private int runInto(
            Path output, List<String> command, Map<String, String> environment, Duration limit, Runnable whileRunning)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        long began = clock.nanoTime();
        Process process = builder.start();
        try {
            while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                whileRunning.run();
                if (clock.nanoTime() - began > limit.toNanos()) {
                    throw new IOException(
                            command.get(0) + " took longer than " + limit.toSeconds() + " s and was stopped");
                }
            }
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static List<String> lastLines(Path output) throws IOException {
        // Not Files.lines: what a program prints need not be UTF-8.
        List<String> lines = new String(Files.readAllBytes(output), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.subList(Math.max(0, lines.size() - KEPT_LINES), lines.size());
    }
}
