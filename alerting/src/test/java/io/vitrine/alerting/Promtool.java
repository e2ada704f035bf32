package io.vitrine.alerting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Runs the real promtool. Without it, a test is skipped on a user's machine and fails in CI. */
public final class Promtool {

    private static final int MAX_SECONDS = 300;

    private Promtool() {}

    /** What it printed, and how it ended. */
    public record Outcome(int exitCode, String output) {}

    /** Runs it with these arguments. */
    public static Outcome run(Path folder, String... arguments) {
        return tool("promtool", folder, arguments);
    }

    /** Runs another tool of Prometheus in the same way. */
    public static Outcome tool(String name, Path folder, String... arguments) {
        requireInstalled(name);
        try {
            List<String> command = new java.util.ArrayList<>(List.of(name));
            command.addAll(List.of(arguments));
            Path output = Files.createTempFile("promtool", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(name + " did not end");
            }
            String printed = Files.readString(output);
            Files.delete(output);
            return new Outcome(process.exitValue(), printed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void requireInstalled(String name) {
        boolean installed = java.util.Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        if (!installed && Boolean.parseBoolean(System.getenv("CI"))) {
            Assertions.fail(name + " is missing");
        }
        Assumptions.assumeTrue(installed, name + " is not installed");
    }
}
