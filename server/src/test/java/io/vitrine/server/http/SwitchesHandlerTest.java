package io.vitrine.server.http;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.model.engine.ScriptedRunner;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.logs.LogLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Parts of telemetry switched over HTTP, as an operator does while the server runs. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SwitchesHandlerTest {

    private static final String PATH = "/api/telemetry/switches";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String BODY =
            "{\"model\":\"test/model\",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";

    @TempDir
    private Path directory;

    private Telemetry telemetry;
    private TestServer server;

    @BeforeEach
    void start() {
        telemetry = TestTelemetry.everything(TestTelemetry.settings(), directory);
        server = TestServer.start(telemetry, 2, "engine.timed-step-interval=1", "alerts.interval=1s");
    }

    @AfterEach
    void stop() {
        server.close();
        telemetry.close();
    }

    private HttpResponse<String> put(String switches) {
        return server.putManagement(PATH, "application/json", ("{'switches': {" + switches + "}}").replace('\'', '"'));
    }

    private void switchTo(String switches) {
        HttpResponse<String> response = put(switches);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private void ask() {
        int before = server.summaries().size();
        server.json(TestServer.CHAT, BODY);
        server.awaitSummaries(before + 1);
    }

    private double meter(String name) {
        return meter(name, "");
    }

    private double meter(String name, String label) {
        return server.getManagement("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void showsWhatIsOn() {
        JsonNode switches = TestServer.parse(server.getManagement(PATH).body()).path("switches");

        assertThat(switches.path("logs").booleanValue()).isTrue();
        assertThat(switches.path("store").booleanValue()).as("not configured").isFalse();
        assertThat(switches).hasSize(6);
    }

    @Test
    void countsNothingWhileMetricsAreOff() {
        ask();
        switchTo("'metrics': false");
        assertThat(server.getManagement("/metrics").statusCode()).isEqualTo(404);
        ask();
        ask();
        switchTo("'metrics': true");
        ask();

        assertThat(meter("vitrine_requests_total{")).isEqualTo(2);
        assertThat(meter("vitrine_output_tokens_total{")).isEqualTo(6);
        assertThat(meter("vitrine_engine_step_duration_seconds_count")).isBetween(4.0, 8.0);
        assertThat(meter("vertx_http_server_requests_total{", "POST"))
                .as("of Vert.x")
                .isEqualTo(2);
        assertThat(meter("vertx_http_server_active_requests{", "POST"))
                .as("of Vert.x")
                .isZero();
    }

    @Test
    void requestsInFlightEndAsTheyBegan() throws Exception {
        ScriptedRunner.Gate gate = server.runner().holdAt(1);
        CompletableFuture<HttpResponse<String>> answer = server.postAsync(TestServer.CHAT, BODY);
        gate.awaitReached();
        switchTo("'metrics': false, 'logs': false, 'traces': false");
        gate.release();
        assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        server.awaitSummaries(1);
        ask();
        switchTo("'metrics': true, 'logs': true, 'traces': true");

        assertThat(meter("vitrine_requests_total{")).isEqualTo(1);
        assertThat(meter("vitrine_requests_in_flight")).isZero();
        assertThat(meter("vertx_http_server_active_requests{", "POST")).isZero();
        assertThat(meter("vitrine_output_tokens_total{")).isEqualTo(3);
        telemetry.close();
        List<JsonNode> ended = events("request_completed");
        assertThat(ended).singleElement().satisfies(line -> assertThat(line.has("trace_id"))
                .isTrue());
    }

    private List<JsonNode> events(String name) {
        return LogLines.read(directory).stream()
                .filter(line -> line.path("event").asText().equals(name))
                .toList();
    }

    @Test
    void followsNoRequestWhileTracesAreOff() {
        switchTo("'traces': false");
        ask();
        switchTo("'traces': true");
        ask();

        telemetry.close();
        assertThat(events("request_completed")).hasSize(2);
        assertThat(events("request_completed"))
                .extracting(line -> line.has("trace_id"))
                .containsExactly(false, true);
    }

    @Test
    void readsNoClockInTheModelWhileStageTimingIsOff() {
        switchTo("'stage_timing': false");
        ask();
        int steps = server.runner().steps().size();
        switchTo("'stage_timing': true");
        ask();

        assertThat(server.runner().steps().subList(0, steps)).noneMatch(ScriptedRunner.Step::timed);
        assertThat(server.runner()
                        .steps()
                        .subList(steps, server.runner().steps().size()))
                .allMatch(ScriptedRunner.Step::timed);
    }

    @Test
    void evaluatesNoRuleWhileAlertsAreOff() {
        switchTo("'alerts': false");
        try (Telemetry other = TestTelemetry.metrics();
                TestServer clock = TestServer.start(other, 1, "alerts.interval=1s")) {
            await().atMost(LIMIT).until(() -> evaluations(clock) >= 2);
            double before = evaluations(server);
            await().atMost(LIMIT).until(() -> evaluations(clock) >= 4);
            assertThat(evaluations(server)).isEqualTo(before);

            switchTo("'alerts': true");
            await().atMost(LIMIT).until(() -> evaluations(server) > before);
        }
    }

    private static double evaluations(TestServer asked) {
        return asked.getManagement("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("vitrine_alerts_evaluation_seconds_count"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void aChangeIsInAuditAndLog() {
        switchTo("'logs': false, 'alerts': false");
        switchTo("'alerts': false");
        switchTo("'logs': true");

        JsonNode audit = TestServer.parse(server.getManagement("/api/audit").body());
        assertThat(audit.toString())
                .contains("telemetry_switched", "logs off, alerts off", "logs on")
                .containsOnlyOnce("alerts off");
        telemetry.close();
        assertThat(events("telemetry_switched"))
                .extracting(line -> line.path("message").asText())
                .containsExactly("logs off, alerts off", "logs on");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{; ; not valid JSON",
                "{}; switches; missing required parameter: switches",
                "{'switches': true}; switches; must be an object of parts and true or false",
                "{'on': {}, 'switches': {}}; on; the only field is switches: on",
                "{'switches': {'trace': false}}; switches; must be one of logs, metrics, traces, stage_timing",
                "{'switches': {'traces': 'off'}}; switches.traces; must be true or false",
                "{'switches': {'logs': false, 'store': true}}; switches.store; not started with the server (store.enabled)",
            })
    void refusesWhatMeansNothingAndChangesNothing(String body, String param, String message) {
        String before = server.getManagement(PATH).body();

        HttpResponse<String> response = server.putManagement(PATH, "application/json", body.replace('\'', '"'));

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = TestServer.parse(response.body()).path("error");
        assertThat(error.path("param").asText(null)).isEqualTo(param);
        assertThat(error.path("message").asText()).contains(message);
        assertThat(server.getManagement(PATH).body()).isEqualTo(before);
    }

    @Test
    void showsWhatTheProcessHasUsed() {
        JsonNode before = TestServer.parse(server.getManagement("/api/process").body());
        ask();
        JsonNode after = TestServer.parse(server.getManagement("/api/process").body());

        for (String counter : List.of("uptime_nanos", "cpu_nanos", "gc_collections", "gc_nanos")) {
            assertThat(after.path(counter).asLong())
                    .isGreaterThanOrEqualTo(before.path(counter).asLong());
        }
        assertThat(after.path("allocated_bytes").asLong())
                .isGreaterThan(before.path("allocated_bytes").asLong());
        assertThat(after.path("engine_steps").asLong())
                .isGreaterThan(before.path("engine_steps").asLong());
    }
}
