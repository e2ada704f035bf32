package io.vitrine.model.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class ProcessCommandRunnerTest {

    private static final Duration LONG = Duration.ofMinutes(1);

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
    void stopsAProgramThatTakesTooLongAndWhatItStarted() {
        AtomicLong now = new AtomicLong();
        AtomicInteger ticks = new AtomicInteger();
        CommandRunner hasty = CommandRunner.ofProcesses(() -> now.getAndAdd(TimeUnit.SECONDS.toNanos(40)));

        assertThatThrownBy(() ->
                        hasty.run(List.of("sh", "-c", "sleep 1000 & wait"), Map.of(), LONG, ticks::incrementAndGet))
                .isInstanceOf(IOException.class)
                .hasMessage("sh took longer than 60 s and was stopped");
        assertThat(ticks).hasPositiveValue();
        assertThat(ProcessHandle.current().descendants()).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void saysThatThereIsNoSuchProgram() {
        assertThatThrownBy(() -> runner.run(List.of("no-such-program"), Map.of(), LONG, () -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-program");
    }
}
