package io.vitrine.observability;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vitrine.model.engine.FakeClock;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogFiles;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.PrometheusText;
import io.vitrine.observability.metrics.TestMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TelemetrySwitchesTest {

    private static final String REQUESTS = "vitrine_requests_total{";

    @TempDir
    private Path directory;

    private final RecordedArchive archive = new RecordedArchive();

    private Telemetry start(boolean logs) {
        LogSettings settings = LogSettings.in(directory).withConsole(ConsoleFormat.OFF);
        return Telemetry.start(
                new TelemetrySettings("vitrine", true, logs, TestMetrics.settings(), settings),
                new FakeClock(),
                Optional.of(archive));
    }

    @Test
    void aRequestEndsInTheArmItBeganIn() {
        try (Telemetry telemetry = start(true)) {
            telemetry.engineListener(Summaries.MODEL, 0);
            RequestListener before = telemetry.requestListener().pinned();
            before.offered("req-1");
            telemetry.switches().change(Map.of(TelemetryPart.METRICS, false, TelemetryPart.LOGS, false));
            RequestListener meanwhile = telemetry.requestListener().pinned();
            meanwhile.offered("req-2");
            before.ended(Summaries.completed("req-1"));
            telemetry.switches().change(Map.of(TelemetryPart.METRICS, true, TelemetryPart.LOGS, true));
            meanwhile.ended(Summaries.completed("req-2"));

            PrometheusText text = scrape(telemetry);
            assertThat(text.value("vitrine_requests_offered_total")).isEqualTo(1);
            assertThat(requests(text)).isEqualTo(1);
            assertThat(text.value("vitrine_requests_in_flight")).isZero();
        }
        assertThat(LogFiles.lines(directory))
                .extracting(line -> line.path("request_id").asText())
                .containsExactly("req-1");
    }

    @Test
    void sequencesAreMeteredAsTheirRequestIs() {
        GenerationListener metered = new GenerationListener() {};
        try (Telemetry telemetry = start(true)) {
            RequestListener before = telemetry.requestListener().pinned();
            telemetry.switches().change(Map.of(TelemetryPart.METRICS, false));
            RequestListener after = telemetry.requestListener().pinned();

            assertThat(before.generations(request -> metered).create(TestRequests.request()))
                    .isSameAs(metered);
            assertThat(after.generations(request -> metered).create(TestRequests.request()))
                    .isSameAs(GenerationListener.NONE);
        }
    }

    @Test
    void readsNoMeterWhileMetricsAreOff() {
        try (Telemetry telemetry = start(true)) {
            telemetry.startReaders();
            telemetry.switches().change(Map.of(TelemetryPart.METRICS, false));
            assertThat(telemetry.scrape(null)).isEmpty();
            assertThat(telemetry.readings()).isEmpty();
            assertThat(archive.meters()).isEmpty();

            telemetry.switches().change(Map.of(TelemetryPart.METRICS, true));
            assertThat(telemetry.readings()).isNotEmpty();
            assertThat(archive.meters()).isNotEmpty();
        }
    }

    @Test
    void givesTheStoreNothingWhileItIsOff() {
        try (Telemetry telemetry = start(true)) {
            telemetry.startReaders();
            telemetry.requestListener().ended(Summaries.completed("req-1"));
            telemetry.switches().change(Map.of(TelemetryPart.STORE, false));
            telemetry.requestListener().ended(Summaries.completed("req-2"));
            assertThat(archive.meters()).isEmpty();
            telemetry.switches().change(Map.of(TelemetryPart.STORE, true));
            telemetry.requestListener().ended(Summaries.completed("req-3"));
        }
        assertThat(archive.lines)
                .extracting(line -> line.text(LogField.REQUEST_ID))
                .contains(Optional.of("req-3"))
                .doesNotContain(Optional.of("req-2"));
        assertThat(LogFiles.lines(directory)).as("the file has all of them").hasSize(3);
    }

    @Test
    void lifecycleEventsFollowTheSwitches() {
        try (Telemetry telemetry = start(true)) {
            telemetry.switches().change(Map.of(TelemetryPart.LOGS, false));
            telemetry.events().faulted("here", new IllegalStateException("broken"));
            telemetry.switches().change(Map.of(TelemetryPart.LOGS, true, TelemetryPart.METRICS, false));
            telemetry.events().faulted("there", new IllegalStateException("broken"));
            telemetry.switches().change(Map.of(TelemetryPart.METRICS, true));

            assertThat(scrape(telemetry).value("vitrine_faults_total")).isEqualTo(1);
        }
        assertThat(LogFiles.lines(directory)).hasSize(1);
    }

    @Test
    void refusesToSwitchOnWhatWasNotStarted() {
        try (Telemetry telemetry = start(false)) {
            Map<TelemetryPart, Boolean> before = telemetry.switches().all();

            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            telemetry.switches().change(Map.of(TelemetryPart.METRICS, false, TelemetryPart.LOGS, true)))
                    .withMessage("logs was not started (telemetry.logs.enabled)");
            assertThat(telemetry.switches().all()).isEqualTo(before);
            assertThat(before).containsEntry(TelemetryPart.LOGS, false).containsEntry(TelemetryPart.METRICS, true);
        }
    }

    @Test
    void whatIsWithheldCannotBeSwitchedOn() {
        TelemetrySwitches switches = new TelemetrySwitches(EnumSet.of(TelemetryPart.ALERTS, TelemetryPart.STORE));
        switches.withhold(TelemetryPart.ALERTS);

        assertThat(switches.isOn(TelemetryPart.ALERTS)).isFalse();
        assertThat(switches.isOn(TelemetryPart.STORE)).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> switches.change(Map.of(TelemetryPart.ALERTS, true)));
        assertThat(TelemetryPart.labels())
                .isEqualTo(List.of("logs", "metrics", "traces", "stage_timing", "store", "alerts"));
    }

    private static double requests(PrometheusText text) {
        return text.samples().entrySet().stream()
                .filter(sample -> sample.getKey().startsWith(REQUESTS))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static PrometheusText scrape(Telemetry telemetry) {
        return PrometheusText.parse(telemetry.scrape(null).orElseThrow().body());
    }
}
