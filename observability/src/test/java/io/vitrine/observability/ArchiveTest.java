package io.vitrine.observability;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogFiles;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.PrometheusText;
import io.vitrine.observability.metrics.TestMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** What an archive is told. */
class ArchiveTest {

    @TempDir
    private Path directory;

    private final RecordedArchive archive = new RecordedArchive();

    @Test
    void isGivenEveryLineAsValues() {
        try (Telemetry telemetry = start()) {
            telemetry.requestListener().ended(Summaries.completed("req-1"));
        }
        LoggedEvent line = archive.lines.get(0);
        assertThat(line.event()).isEqualTo(EventName.REQUEST_COMPLETED);
        assertThat(line.level()).isEqualTo(LogLevel.INFO);
        assertThat(line.text(LogField.REQUEST_ID)).contains("req-1");
        assertThat(line.text(LogField.DURATION_MS).map(Double::valueOf))
                .contains(LogFiles.lines(directory).get(0).path("duration_ms").asDouble());
        assertThat(line.fields()).doesNotContainKeys(LogField.EVENT, LogField.SERVICE, LogField.TIMESTAMP);
    }

    @Test
    void fileLacksLinesOfRequestsThatOutliveTheirTenant() {
        try (Telemetry telemetry = start()) {
            Instant now = Instant.now();
            archive.erase(
                    RequestSummary.DEFAULT_TENANT, TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
            telemetry.requestListener().ended(Summaries.completed("req-1"));
            telemetry.requestListener().authFailed(Summaries.head("req-2"), ErrorType.INVALID_REQUEST);
        }
        assertThat(LogFiles.lines(directory))
                .as("the first began before the deletion, the second after it")
                .extracting(line -> line.path("request_id").asText())
                .containsExactly("req-2");
    }

    @Test
    void readsTheMetersOfTheCatalogue() {
        try (Telemetry telemetry = start()) {
            assertThat(archive.meters())
                    .as("before everything is there that is read")
                    .isEmpty();
            telemetry.startReaders();
            telemetry.engineListener(Summaries.MODEL, 0);
            telemetry.requestListener().ended(Summaries.completed());
            List<MeterReading> readings = archive.meters();
            PrometheusText text =
                    PrometheusText.parse(telemetry.scrape(null).orElseThrow().body());

            assertThat(readings).extracting(MeterReading::name).allMatch(name -> name.matches("[a-z][a-z0-9_]*"));
            assertThat(readings).noneMatch(reading -> reading.name().startsWith("jvm_"));
            MeterReading tokens = only(readings, "vitrine_output_tokens_total");
            assertThat(tokens.labels()).containsOnly(Map.entry("model", Summaries.MODEL));
            assertThat(tokens.value())
                    .isEqualTo(text.value("vitrine_output_tokens_total{model=\"" + Summaries.MODEL + "\"}"));
            assertThat(only(readings, "gen_ai_server_request_duration_seconds_count")
                            .value())
                    .isEqualTo(1);
            assertThat(only(readings, "gen_ai_server_request_duration_seconds_sum")
                            .value())
                    .isEqualTo(Summaries.completed().durationNanos() / 1e9);
        }
    }

    @Test
    void tellsOfItselfInMeters() {
        try (Telemetry telemetry = start()) {
            PrometheusText text =
                    PrometheusText.parse(telemetry.scrape(null).orElseThrow().body());
            assertThat(text.value("vitrine_store_rows_total{result=\"lost\",signal=\"logs\"}"))
                    .isEqualTo(7);
            assertThat(text.value("vitrine_store_rows_total{result=\"written\",signal=\"logs\"}"))
                    .isZero();
            assertThat(text.value("vitrine_store_size_bytes{tier=\"cold\"}")).isEqualTo(2);
        }
    }

    @Test
    void itsTroublesAreLogged() {
        try (Telemetry telemetry = start()) {
            assertThat(archive.events()).isSameAs(telemetry.events());
            archive.events().storeFailed("no room left");
            archive.events().storeRecovered(Duration.ofSeconds(2), 7);
            archive.events().storeFileSetAside("spans/x.parquet");
            archive.events().storeFileDeleted("spans/y.parquet", 12, "older than 3 days");
        }
        assertThat(LogFiles.lines(directory))
                .extracting(line -> line.path("event").asText(), line -> line.path("message")
                        .asText())
                .containsExactly(
                        tuple("store_failed", "no room left"),
                        tuple("store_recovered", "7 rows were lost"),
                        tuple("store_file_set_aside", "spans/x.parquet is damaged"),
                        tuple("store_file_deleted", "spans/y.parquet, 12 bytes: older than 3 days"));
    }

    private Telemetry start() {
        LogSettings logs = LogSettings.in(directory).withConsole(ConsoleFormat.OFF);
        return Telemetry.start(
                new TelemetrySettings("vitrine", true, true, TestMetrics.settings(), logs),
                new FakeClock(),
                Optional.of(archive));
    }

    private static MeterReading only(List<MeterReading> readings, String name) {
        return readings.stream()
                .filter(reading -> reading.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
