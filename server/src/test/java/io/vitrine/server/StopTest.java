package io.vitrine.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.vitrine.server.StoppingServer.Hanging;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** SIGTERM ends the process, whatever hangs; the grace period is 0 here. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class StopTest {

    /** A process that hangs would hang for ever: this is no measurement, the machine may be busy. */
    private static final long LIMIT_SECONDS = SignalStop.LIMIT_SECONDS + 40;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Hanging.class)
    void sigtermEndsTheProcessWhateverHangs(Hanging hanging) throws IOException, InterruptedException {
        Process process = start(hanging);
        try {
            awaitReady(process);
            process.destroy();
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        String errors = Files.readString(folder.resolve("errors"));
        switch (hanging) {
            case NOTHING -> assertThat(process.exitValue()).as(errors).isZero();
            case STEP -> {
                assertThat(process.exitValue()).isEqualTo(1);
                assertThat(errors).contains("stop: the engine has not ended");
                assertThat(log())
                        .as("what is left behind keeps nothing else from its end")
                        .contains("server_stopped");
            }
            case EXPORTER -> assertThat(log()).contains("server_stopped");
            case LOADING -> {
                assertThat(process.exitValue()).isEqualTo(1);
                assertThat(errors).contains("stop: the loading of the model has not ended");
            }
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("data").resolve("logs").resolve("vitrine.json"));
    }

    private Process start(Hanging hanging) throws IOException {
        String java = ProcessHandle.current().info().command().orElse("java");
        List<String> command = List.of(
                java,
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                StoppingServer.class.getName(),
                hanging.name(),
                folder.resolve("data").toString());
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
    }

    private static void awaitReady(Process process) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.equals("ready")) {
            line = output.readLine();
        }
        assertThat(line).as("the server starts").isNotNull();
    }
}
