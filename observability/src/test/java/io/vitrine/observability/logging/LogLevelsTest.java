package io.vitrine.observability.logging;

import java.nio.file.Path;
import java.util.Arrays;

import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.LogLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LogLevelsTest {

    @TempDir
    private Path directory;

    @Test
    void beginsWithOneLevelForAll() {
        try (Logging logging = start(LogLevel.INFO)) {
            assertThat(logging.levels().all())
                    .hasSameSizeAs(LogCategory.values())
                    .allSatisfy((category, level) -> assertThat(level).isEqualTo(LogLevel.INFO));
        }
    }

    @Test
    void keepsTheAuditWhenEverythingElseBeginsQuieter() {
        try (Logging logging = start(LogLevel.OFF)) {
            assertThat(logging.levels().all()).allSatisfy((category, level) -> assertThat(level)
                    .isEqualTo(category == LogCategory.AUDIT ? LogLevel.INFO : LogLevel.OFF));
        }
    }

    @Test
    void changesOneCategoryFromTheNextLineOn() {
        try (Logging logging = start(LogLevel.INFO)) {
            logging.requestListener().received(Summaries.head("before"));
            logging.levels().change(LogCategory.RESPONSE, LogLevel.DEBUG);
            logging.requestListener().received(Summaries.head("after"));
            logging.requestListener().inferenceStarted(Summaries.inferenceStart("another category"));
            logging.levels().change(LogCategory.RESPONSE, LogLevel.OFF);
            logging.requestListener().ended(Summaries.completed("silenced"));
        }

        assertThat(LogFiles.lines(directory))
                .extracting(line -> line.path("event").asText()
                        + " "
                        + line.path("request_id").asText())
                .containsExactly("log_level_changed ", "request_received after", "log_level_changed ");
    }

    @Test
    void logsWhatWasChangedAndNothingIfNothingWas() {
        try (Logging logging = start(LogLevel.INFO)) {
            logging.levels().change(LogCategory.RATE_LIMIT, LogLevel.INFO);
            logging.levels().change(LogCategory.RATE_LIMIT, LogLevel.ERROR);
        }

        var lines = LogFiles.lines(directory);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).path("category").asText()).isEqualTo("audit");
        assertThat(lines.get(0).path("changed_category").asText()).isEqualTo("rate-limit");
        assertThat(lines.get(0).path("previous_level").asText()).isEqualTo("info");
        assertThat(lines.get(0).path("changed_level").asText()).isEqualTo("error");
    }

    @Test
    void refusesToSilenceTheAudit() {
        try (Logging logging = start(LogLevel.INFO)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> logging.levels().change(LogCategory.AUDIT, LogLevel.WARN))
                    .withMessage("audit must be info, debug or trace: warn");
            assertThat(logging.levels().all()).containsEntry(LogCategory.AUDIT, LogLevel.INFO);
        }
    }

    /** What libraries say at DEBUG may hold the bytes of requests. */
    @Test
    void takesNothingBelowAWarningFromLibrariesAtAnyLevel() {
        try (Logging logging = start(LogLevel.TRACE)) {
            Arrays.stream(LogCategory.values())
                    .forEach(category -> logging.levels().change(category, LogLevel.TRACE));
            LoggerFactory.getLogger("io.netty").info("bytes");
            LoggerFactory.getLogger("io.netty").debug("bytes");
            LoggerFactory.getLogger("io.netty").trace("bytes");
        }

        assertThat(LogFiles.lines(directory)).isEmpty();
    }

    private Logging start(LogLevel level) {
        LogSettings settings =
                LogSettings.in(directory).withConsole(ConsoleFormat.OFF).withLevel(level);
        return Logging.start(settings, "vitrine", new FakeClock());
    }
}
