package io.vitrine.observability;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogFiles;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.PrometheusText;
import io.vitrine.observability.metrics.TestMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TelemetryTest {

    @TempDir
    private Path directory;

    @Test
    void tellsOneRequestToMetricsAndLogAlike() {
        PrometheusText text;
        try (Telemetry telemetry = Telemetry.start(settings(true, true), new FakeClock())) {
            telemetry.engineListener(Summaries.MODEL, 0);
            telemetry.requestListener().ended(Summaries.completed());
            text = scrape(telemetry);
        }

        JsonNode line = LogFiles.lines(directory).get(0);
        String chat = "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"vitrine\",gen_ai_request_model=\""
                + Summaries.MODEL + "\"}";
        assertThat(line.path("duration_ms").asDouble() / 1000)
                .isEqualTo(text.value("gen_ai_server_request_duration_seconds_sum{" + chat));
        assertThat(line.path("ttft_ms").asDouble() / 1000)
                .isEqualTo(text.value("gen_ai_server_time_to_first_token_seconds_sum{" + chat));
        assertThat(line.path("output_tokens").asDouble())
                .isEqualTo(text.value("vitrine_output_tokens_total{model=\"" + Summaries.MODEL + "\"}"));
    }

    @Test
    void countsAListenerThatThrowsAndStillTellsTheOther() {
        RequestSummary impossible = new RequestSummary(
                null, // the log cannot write it
                Route.MODELS,
                Optional.empty(),
                RequestSummary.DEFAULT_TENANT,
                Outcome.COMPLETED,
                200,
                false,
                0,
                1,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Tokens.NONE,
                0,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
        try (Telemetry telemetry = Telemetry.start(settings(true, true), new FakeClock())) {
            telemetry.requestListener().ended(impossible);
            telemetry.requestListener().ended(Summaries.refused());

            assertThat(scrape(telemetry).value("vitrine_listener_failures_total{listener=\"request\"}"))
                    .isEqualTo(1);
        }
        assertThat(LogFiles.lines(directory)).hasSize(1);
    }

    @Test
    void tellsTheLogEveryStepOfARequest() {
        LogSettings debug =
                LogSettings.in(directory).withConsole(ConsoleFormat.OFF).withLevel(LogLevel.DEBUG);
        try (Telemetry telemetry = Telemetry.start(
                new TelemetrySettings("vitrine", true, true, TestMetrics.settings(), debug), new FakeClock())) {
            RequestListener requests = telemetry.requestListener();
            requests.received(Summaries.head("req-1"));
            requests.queueFull(Summaries.head("req-1"), Summaries.MODEL);
            requests.inferenceStarted(Summaries.inferenceStart("req-1"));
            requests.inferenceCompleted(Summaries.inferenceEnd("req-1"));
            requests.ended(Summaries.completed());
        }

        assertThat(LogFiles.lines(directory))
                .extracting(line -> line.path("event").asText())
                .containsExactly(
                        "request_received",
                        "queue_full",
                        "inference_started",
                        "inference_completed",
                        "request_completed");
    }

    @Test
    void tellsWhatHappensToTheServerToBoth() {
        try (Telemetry telemetry = Telemetry.start(settings(true, true), new FakeClock())) {
            telemetry.events().modelLoaded("m", Duration.ofSeconds(3));
            telemetry.events().modelLoadFailed("n", Duration.ofMillis(7), new IllegalStateException("broken"));
            telemetry.events().serverStarted(1, 2, Duration.ZERO);
            telemetry.events().faulted("here", new IllegalStateException("broken"));
            telemetry.events().serverStopping(Duration.ZERO, 0, 0);
            telemetry.events().serverStopped(Duration.ZERO, true);

            PrometheusText text = scrape(telemetry);
            assertThat(text.value("vitrine_model_load_time_seconds{model=\"m\"}"))
                    .isEqualTo(3);
            assertThat(text.value("vitrine_faults_total")).isEqualTo(1);
            assertThat(text.value("vitrine_log_lost_lines_total{destination=\"file\",reason=\"queue_full\"}"))
                    .isZero();
        }
        assertThat(LogFiles.lines(directory))
                .extracting(line -> line.path("event").asText())
                .containsExactly(
                        "model_loaded",
                        "model_load_failed",
                        "server_started",
                        "fault",
                        "server_stopping",
                        "server_stopped");
    }

    @Test
    void writesNoLogWhenLogsAreOff() {
        try (Telemetry telemetry = Telemetry.start(settings(true, false), new FakeClock())) {
            telemetry.requestListener().ended(Summaries.completed());

            assertThat(scrape(telemetry).families()).contains("vitrine_requests_total");
        }

        assertThat(directory.resolve("vitrine.json")).doesNotExist();
    }

    @Test
    void hasNoMetersWhenMetricsAreOff() {
        try (Telemetry telemetry = Telemetry.start(settings(false, true), new FakeClock())) {
            telemetry.requestListener().ended(Summaries.completed());
            telemetry.watch(
                    "m",
                    new EngineState(
                            () -> 0, () -> 0, () -> 0, () -> 0, 1, 1, 1, 1, new EngineState.Memory(1_000, 10, true)));

            assertThat(telemetry.registry()).isEmpty();
            assertThat(telemetry.scrape(null)).isEmpty();
            assertThat(telemetry.engineListener("m", 0)).isSameAs(EngineListener.NONE);
        }

        assertThat(LogFiles.lines(directory)).hasSize(1);
    }

    @Test
    void doesNothingWhenItIsOff() {
        try (Telemetry telemetry = Telemetry.off()) {
            telemetry.requestListener().ended(Summaries.completed());
            telemetry.events().serverStarted(1, 2, Duration.ZERO);

            assertThat(telemetry.scrape(null)).isEmpty();
        }
        assertThat(Files.exists(directory.resolve("vitrine.json"))).isFalse();
    }

    @Test
    void refusesAServiceWithoutAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new TelemetrySettings(" ", true, true, TestMetrics.settings(), LogSettings.in(directory)));
    }

    private TelemetrySettings settings(boolean metrics, boolean logs) {
        return new TelemetrySettings(
                "vitrine",
                metrics,
                logs,
                TestMetrics.settings(),
                LogSettings.in(directory).withConsole(ConsoleFormat.OFF));
    }

    private static PrometheusText scrape(Telemetry telemetry) {
        return PrometheusText.parse(telemetry.scrape(null).orElseThrow().body());
    }
}
