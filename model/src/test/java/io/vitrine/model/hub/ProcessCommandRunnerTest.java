package io.vitrine.model.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@Timeout(30)
class ProcessCommandRunnerTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private final CommandRunner runner = CommandRunner.ofProcesses(System::nanoTime);

    @Test
    void givesExitCodeAndOutputOfBothStreams() throws Exception {
        CommandRunner.Outcome outcome =
                runner.run(List.of("sh", "-c", "echo one; echo two >&2; exit 3"), Map.of(), LONG, () -> {});

        assertThat(outcome).isEqualTo(new CommandRunner.Outcome(3, List.of("one", "two")));
    }

    @Test
    void keepsTheLastLinesOnly() throws Exception {
        CommandRunner.Outcome outcome = runner.run(List.of("seq", "1000"), Map.of(), LONG, () -> {});

        assertThat(outcome.output()).hasSize(15).first().isEqualTo("986");
        assertThat(outcome.output()).last().isEqualTo("1000");
    }

    @Test
    void passesTheEnvironmentAndNothingToRead() throws Exception {
        CommandRunner.Outcome outcome =
                runner.run(List.of("sh", "-c", "cat; echo $COLOUR"), Map.of("COLOUR", "blue"), LONG, () -> {});

        assertThat(outcome.output()).containsExactly("blue");
    }

    @Test
    void stopsAProgramThatTakesTooLongAndWhatItStarted() throws Exception {
        Path pid = folder.resolve("pid");
        AtomicLong now = new AtomicLong();
        AtomicInteger ticks = new AtomicInteger();
        // Time stands still until the program has started its own.
        CommandRunner hasty = CommandRunner.ofProcesses(
                () -> Files.exists(pid) ? now.addAndGet(TimeUnit.SECONDS.toNanos(40)) : now.get());
        String program = "sleep 1000 & echo $! > " + pid + ".new; mv " + pid + ".new " + pid + "; wait";

        assertThatThrownBy(() -> hasty.run(List.of("sh", "-c", program), Map.of(), LONG, ticks::incrementAndGet))
                .isInstanceOf(IOException.class)
                .hasMessage("sh took longer than 60 s and was stopped");
        assertThat(ticks).hasPositiveValue();
        String sleeping = Files.readString(pid).strip();
        await().untilAsserted(() -> assertThat(stateOf(sleeping)).isIn("gone", "Z"));
    }

    @Test
    void saysThatThereIsNoSuchProgram() {
        assertThatThrownBy(() -> runner.run(List.of("no-such-program"), Map.of(), LONG, () -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-program");
    }

    /** The state in {@code /proc}; a killed process is a zombie (Z) for as long as nobody asks for its exit code. */
    private static String stateOf(String pid) {
        try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
        } catch (IOException e) {
            return "gone";
        }
    }
}
