package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process of the experiment, ended with it: by {@link #close}, or by a hook if the experiment is interrupted. */
final class ChildProcess implements AutoCloseable {

    private static final long STOP_SECONDS = 30;
    private static final int SHOWN_LINES = 20;

    private final Process process;
    private final Path output;
    private final Thread hook;

    /** @param output file that takes standard output and standard error */
    ChildProcess(List<String> command, Map<String, String> environment, Path output) {
        this.output = output;
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + String.join(" ", command), e);
        }
        hook = new Thread(process::destroy, "vitrine-end-child");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What comes behind {@code start} in the first line that begins so. */
    Optional<String> said(String start) {
        return lines().stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()).strip())
                .findFirst();
    }

    private List<String> lines() {
        try {
            return List.of(Files.readString(output, StandardCharsets.UTF_8).split("\n", -1));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The end of its output, for a message. */
    String lastWords() {
        List<String> lines = lines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(hook);
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
