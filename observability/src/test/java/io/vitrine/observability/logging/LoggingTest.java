package io.vitrine.observability.logging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.catalogue.LogDestination;
import io.vitrine.observability.catalogue.LostLine;
import org.apache.logging.log4j.LogManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class LoggingTest {

    private static final String NAME = "vitrine";

    private final FakeClock clock = new FakeClock();

    @TempDir
    private Path directory;

    @Test
    void writesTheLifeOfTheServer() {
        try (Logging logging = start()) {
            logging.lifecycleListener().modelLoaded("m", Duration.ofMillis(1500));
            logging.lifecycleListener().serverStarted(8080, 8081, Duration.ofMillis(2500));
            logging.lifecycleListener().serverStopping(Duration.ofSeconds(30), 3, 4);
            logging.lifecycleListener().serverStopped(Duration.ofMillis(20), true);
        }

        List<JsonNode> lines = LogFiles.lines(directory);
        assertThat(lines)
                .extracting(line -> line.path("category").asText()
                        + ' '
                        + line.path("event").asText())
                .containsExactly(
                        "model model_loaded", "audit server_started", "audit server_stopping", "audit server_stopped");
        assertThat(lines.get(0).path("duration_ms").asDouble()).isEqualTo(1500);
        assertThat(lines.get(1).path("api_port").asInt()).isEqualTo(8080);
        assertThat(lines.get(1).path("management_port").asInt()).isEqualTo(8081);
        assertThat(lines.get(2).path("grace_ms").asDouble()).isEqualTo(30_000);
        assertThat(lines.get(2).path("running").asInt()).isEqualTo(3);
        assertThat(lines.get(2).path("waiting").asInt()).isEqualTo(4);
        assertThat(lines.get(3).path("clean").isBoolean()).isTrue();
    }

    @Test
    void writesAFaultInOneLineWithWhereItCameFromButNotWhatItSays() {
        try (Logging logging = start()) {
            logging.lifecycleListener()
                    .faulted("engine", new IllegalStateException("no\nroom", new IOException("secret")));
        }

        JsonNode line = LogFiles.lines(directory).get(0);
        assertThat(line.path("level").asText()).isEqualTo("ERROR");
        assertThat(line.path("logger").asText()).isEqualTo("engine");
        assertThat(line.path("exception_type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(line.path("stack_trace").asText())
                .contains("LoggingTest.writesAFault", "\nCaused by: java.io.IOException\n");
        assertThat(line.toString()).doesNotContain("no", "secret");
    }

    @Test
    void saysWhatTheCauseOfAFailedLoadSays() {
        try (Logging logging = start()) {
            logging.lifecycleListener()
                    .modelLoadFailed(
                            "m", Duration.ofMillis(7), new IllegalStateException("no file", new IOException("disk")));
        }

        JsonNode line = LogFiles.lines(directory).get(0);
        assertThat(line.path("exception_message").asText()).isEqualTo("no file");
        assertThat(line.path("stack_trace").asText())
                .startsWith("java.lang.IllegalStateException: no file\n\tat ")
                .contains("\nCaused by: java.io.IOException: disk\n\tat ");
    }

    @Test
    void leavesOutTheMessageOfAnExceptionThatHasNone() {
        try (Logging logging = start()) {
            logging.lifecycleListener().modelLoadFailed("m", Duration.ofMillis(7), new IllegalStateException());
        }

        assertThat(LogFiles.lines(directory).get(0).has("exception_message")).isFalse();
    }

    @Test
    void takesInWhatLibrariesWarnOf() {
        Logging logging = start();
        LoggerFactory.getLogger("io.vertx.core.Something").warn("odd: {}", 7, new IOException("gone"));
        LoggerFactory.getLogger("io.vertx.core.Something").info("chatter");
        LogManager.getLogger("io.netty").error("worse");
        logging.close();

        List<JsonNode> lines = LogFiles.lines(directory);
        assertThat(lines)
                .extracting(line -> line.path("event").asText())
                .containsExactly("library_message", "library_message");
        assertThat(lines.get(0).path("logger").asText()).isEqualTo("io.vertx.core.Something");
        assertThat(lines.get(0).path("level").asText()).isEqualTo("WARN");
        assertThat(lines.get(0).path("message").asText()).isEqualTo("odd: 7");
        assertThat(lines.get(0).path("exception_type").asText()).isEqualTo("java.io.IOException");
        assertThat(lines.get(0).toString()).doesNotContain("gone");
        assertThat(lines.get(1).path("level").asText()).isEqualTo("ERROR");
    }

    @Test
    void samplesAFloodAndTellsHowMuchItLeftOut() {
        try (Logging logging = Logging.start(silent(directory).withRepeats(2, Duration.ofMinutes(1)), NAME, clock)) {
            for (int i = 0; i < 5; i++) {
                logging.requestListener().queueFull(Summaries.head("req-" + i), Summaries.MODEL);
            }
            clock.advance(Duration.ofSeconds(61));
            logging.requestListener().queueFull(Summaries.head("req-5"), Summaries.MODEL);
        }

        List<JsonNode> lines = LogFiles.lines(directory);
        assertThat(lines)
                .extracting(line ->
                        line.path("event").asText() + line.path("request_id").asText())
                .containsExactly("queue_fullreq-0", "queue_fullreq-1", "repeats_left_out", "queue_fullreq-5");
        JsonNode leftOut = lines.get(2);
        assertThat(leftOut.path("level").asText()).isEqualTo("WARN");
        assertThat(leftOut.path("repeated_event").asText()).isEqualTo("queue_full");
        assertThat(leftOut.path("error_type").asText()).isEqualTo("queue_full");
        assertThat(leftOut.path("left_out").asInt()).isEqualTo(3);
        assertThat(leftOut.path("interval_ms").asDouble()).isEqualTo(61_000);
    }

    @Test
    void tellsHowMuchItLeftOutWhenNothingComesAfterwards() {
        try (Logging logging = Logging.start(silent(directory).withRepeats(1, Duration.ofMinutes(1)), NAME, clock)) {
            logging.requestListener().queueFull(Summaries.head("req-0"), Summaries.MODEL);
            logging.requestListener().queueFull(Summaries.head("req-1"), Summaries.MODEL);
            clock.advance(Duration.ofSeconds(61));

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> LogFiles.lines(directory).size() == 2);
        }

        assertThat(LogFiles.lines(directory).get(1).path("left_out").asInt()).isEqualTo(1);
    }

    @Test
    void tellsHowMuchItLeftOutWhenItCloses() {
        try (Logging logging = Logging.start(silent(directory).withRepeats(1, Duration.ofMinutes(1)), NAME, clock)) {
            for (int i = 0; i < 3; i++) {
                LoggerFactory.getLogger("library").warn("lost {}", i);
            }
            LoggerFactory.getLogger("library").warn("another thing");
            assertThat(logging.lostLineCount(LostLine.QUEUE_FULL)).isZero();
        }

        assertThat(LogFiles.lines(directory))
                .extracting(line ->
                        line.path("message").asText("") + line.path("left_out").asText(""))
                .containsExactly("lost 0", "another thing", "2");
    }

    @Test
    void leavesNoTerminalLineOutHoweverManyFail() {
        try (Logging logging = Logging.start(silent(directory).withRepeats(1, Duration.ofMinutes(1)), NAME, clock)) {
            for (int i = 0; i < 100; i++) {
                logging.requestListener().ended(Summaries.failed());
            }
        }

        assertThat(LogFiles.lines(directory)).hasSize(100);
    }

    @Test
    void takesInWhatLibrariesLogByTheLoggerOfTheJdk() {
        Logging logging = start();
        java.util.logging.Logger.getLogger("io.opentelemetry.sdk").warning("the collector is away");
        java.util.logging.Logger.getLogger("io.opentelemetry.sdk").info("nothing new");
        logging.close();

        assertThat(LogFiles.lines(directory)).singleElement().satisfies(line -> {
            assertThat(line.path("level").asText()).isEqualTo("WARN");
            assertThat(line.path("event").asText()).isEqualTo("library_message");
            assertThat(line.path("logger").asText()).isEqualTo("io.opentelemetry.sdk");
            assertThat(line.path("message").asText()).isEqualTo("the collector is away");
        });
    }

    @Test
    void keepsTheLogsOfTwoServersInOneProcessApart(@TempDir Path other) {
        try (Logging first = start();
                Logging second = Logging.start(silent(other), NAME, clock)) {
            first.requestListener().ended(Summaries.completed("first"));
            second.requestListener().ended(Summaries.completed("second"));
            LoggerFactory.getLogger("library").warn("to the last one");
        }

        assertThat(LogFiles.lines(directory))
                .extracting(line -> line.path("request_id").asText())
                .containsExactly("first");
        assertThat(LogFiles.lines(other))
                .extracting(line -> line.path("event").asText())
                .containsExactly("request_completed", "library_message");
    }

    @Test
    void writesEveryWaitingLineBeforeItCloses() {
        int count = 5_000;
        try (Logging logging = start()) {
            for (int i = 0; i < count; i++) {
                logging.requestListener().ended(Summaries.completed("req-" + i));
            }
        }

        List<JsonNode> lines = LogFiles.lines(directory);
        assertThat(lines).hasSize(count);
        assertThat(lines.get(count - 1).path("request_id").asText()).isEqualTo("req-" + (count - 1));
    }

    @Test
    void writesNothingAfterItHasClosed() {
        Logging logging = start();
        logging.close();

        logging.requestListener().ended(Summaries.completed());
        LoggerFactory.getLogger("library").warn("too late");

        assertThat(LogFiles.lines(directory)).isEmpty();
    }

    @Test
    void goesOnWhereTheLastServerEnded() {
        for (int i = 0; i < 2; i++) {
            try (Logging logging = start()) {
                logging.requestListener().ended(Summaries.completed());
            }
        }

        assertThat(LogFiles.lines(directory)).hasSize(2);
    }

    @Test
    void rollsTheFileBySizeAndKeepsOnlyTheLatest() throws IOException {
        int count = 400;
        try (Logging logging = Logging.start(silent(directory).withFiles(10_000, 3), NAME, clock)) {
            for (int i = 0; i < count; i++) {
                logging.requestListener().ended(Summaries.completed("req-" + i));
            }
        }

        assertThat(Files.size(directory.resolve("vitrine.json"))).isLessThan(11_000);
        assertThat(LogFiles.olderFiles(directory)).hasSize(3);
        List<String> kept = LogFiles.olderFiles(directory).stream()
                .sorted()
                .flatMap(file -> LogFiles.read(file).stream())
                .map(line -> line.path("request_id").asText())
                .toList();
        // Whole lines, none lost in between, up to the first of the current file.
        int first = count - LogFiles.lines(directory).size() - kept.size();
        for (int i = 0; i < kept.size(); i++) {
            assertThat(kept.get(i)).isEqualTo("req-" + (first + i));
        }
    }

    /** Nobody reads standard output: the file has every line, what the console's queue has no room for is counted. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aBlockedConsoleHoldsUpNeitherTheFileNorTheEnd() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        PrintStream standardOutput = System.out;
        System.setOut(new PrintStream(hanging(writing, released), true, StandardCharsets.UTF_8));
        try {
            Logging logging = Logging.start(
                    LogSettings.in(directory).withConsole(ConsoleFormat.JSON).withQueueLimits(8_192, 2), NAME, clock);
            logging.requestListener().ended(Summaries.completed("first"));
            assertThat(writing.await(30, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 5; i++) {
                logging.requestListener().ended(Summaries.completed("later-" + i));
            }

            assertThat(logging.lostLineCount(LostLine.CONSOLE_QUEUE_FULL)).isEqualTo(3);
            assertThat(logging.waitingLineCount(LogDestination.CONSOLE)).isEqualTo(2);
            assertThat(logging.queueLimit(LogDestination.CONSOLE)).isEqualTo(2);
            assertThat(logging.lostLineCount(LostLine.QUEUE_FULL)).isZero();
            assertThat(logging.lostLineCount(LostLine.WRITE_FAILED)).isZero();
            logging.close();

            assertThat(released.getCount()).as("still blocked").isEqualTo(1);
            assertThat(LogFiles.lines(directory))
                    .extracting(line -> line.path("request_id").asText())
                    .containsExactly("first", "later-0", "later-1", "later-2", "later-3", "later-4");
        } finally {
            released.countDown();
            System.setOut(standardOutput);
        }
    }

    @Test
    void countsLinesThatTheConsoleDoesNotTake() {
        PrintStream standardOutput = System.out;
        System.setOut(new PrintStream(closed(), true, StandardCharsets.UTF_8));
        try (Logging logging = Logging.start(LogSettings.in(directory).withConsole(ConsoleFormat.JSON), NAME, clock)) {
            logging.requestListener().ended(Summaries.completed());

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> logging.lostLineCount(LostLine.CONSOLE_WRITE_FAILED) == 1);
            assertThat(logging.lostLineCount(LostLine.WRITE_FAILED)).isZero();
        } finally {
            System.setOut(standardOutput);
        }
    }

    private static OutputStream closed() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        };
    }

    @Test
    void refusesADirectoryThatCannotBeOne() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> Logging.start(silent(file), NAME, clock))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot write logs into " + file);
    }

    @Test
    void writesTheSameLinesToTheConsoleAsToTheFile() throws IOException {
        String console = consoleOf(ConsoleFormat.JSON);

        assertThat(console).isEqualTo(Files.readString(directory.resolve("vitrine.json")));
    }

    @Test
    void writesForEyesOnATerminal() {
        String console = consoleOf(ConsoleFormat.HUMAN);

        assertThat(console)
                .matches(
                        "(?s)\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  request_completed request_id=a\\\\u001b\\[31m\\\\u000ab .*")
                .contains(" status=200 ", " duration_ms=1234.568 ", " finish_reason=stop\n")
                .doesNotContain("\u001b");
    }

    @Test
    void keepsAwayFromTheConsoleIfToldTo() {
        assertThat(consoleOf(ConsoleFormat.OFF)).isEmpty();
    }

    @Test
    void refusesSettingsWithoutALimit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> silent(directory).withFiles(0, 1))
                .withMessage("rollBytes must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> silent(directory).withFiles(1, 0))
                .withMessage("keptFiles must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> silent(directory).withQueueLimit(0))
                .withMessage("queueLimit must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> silent(directory).withRepeats(0, Duration.ofMinutes(1)))
                .withMessage("repeatLimit must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> silent(directory).withRepeats(1, Duration.ofNanos(1)))
                .withMessage("repeatInterval in milliseconds must be >= 1: 0");
    }

    private Logging start() {
        return Logging.start(silent(directory), NAME, clock);
    }

    private static LogSettings silent(Path directory) {
        return LogSettings.in(directory).withConsole(ConsoleFormat.OFF);
    }

    private String consoleOf(ConsoleFormat format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream standardOutput = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try (Logging logging = Logging.start(LogSettings.in(directory).withConsole(format), NAME, clock)) {
            logging.requestListener().ended(Summaries.completed("a\u001b[31m\nb"));
        } finally {
            System.setOut(standardOutput);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static OutputStream hanging(CountDownLatch writing, CountDownLatch released) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                writing.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
    }
}
