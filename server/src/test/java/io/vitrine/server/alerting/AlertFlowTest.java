package io.vitrine.server.alerting;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.alerting.delivery.ScriptedEndpoint;
import io.vitrine.server.logs.LogLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** From requests that fail to the closed alert: rule, log, webhook, incident, acknowledgement, resolution. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AlertFlowTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final ScriptedEndpoint endpoint = new ScriptedEndpoint(vertx);

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Path rules() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret");
        return Files.writeString(folder.resolve("alerts.yaml"), """
                receivers: {hook: {type: webhook, url: "%s", secret-file: "%s"}}
                routes: [{name: answers, match: [alertname=AnswersFail], receivers: [hook], group-wait: 0s, group-interval: 1s}]
                disabled: [EngineStepsFail, ProcessorSaturated, MemoryNearlyFull, DiskNearlyFull, DiskFillsSoon]
                rules:
                  - alert: AnswersFail
                    severity: P1
                    expr: >-
                      sum(vitrine_requests_total{route=~"/v1/.*", outcome="failed"}) /
                      sum(vitrine_requests_total{route=~"/v1/.*"})
                    fires: "> 0.5"
                    for: 1s
                    summary: "{{ value | percent }} of the answers fail"
                    action: look
                    runbook: requests-fail
                """.formatted(endpoint.url("/hook"), secret));
    }

    private JsonNode message(String kind) {
        return await().atMost(LIMIT)
                .until(
                        () -> endpoint.seen().stream()
                                .map(ScriptedEndpoint.Seen::json)
                                .filter(body -> body.get("kind").asText().equals(kind))
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.parse(response.body());
    }

    @Test
    void goesFromAFailedRequestToAResolvedAlert() throws Exception {
        Path logs = folder.resolve("logs");
        try (Telemetry telemetry = TestTelemetry.everything(TestTelemetry.settings(), logs);
                TestServer server = TestServer.start(telemetry, 1, "alerts.interval=1s", "alerts.file=" + rules())) {
            server.runner().failAt(0);
            assertThat(server.post(TestServer.CHAT, BODY).statusCode()).isEqualTo(500);

            JsonNode firing = message("firing");
            assertThat(firing.get("severity").asText()).isEqualTo("P1");
            assertThat(firing.at("/alerts/0/summary").asText()).isEqualTo("100.0% of the answers fail");
            JsonNode incidents = json(server.getManagement("/api/incidents")).get("incidents");
            assertThat(incidents).singleElement().satisfies(incident -> assertThat(
                            incident.get("state").asText())
                    .isEqualTo("detected"));

            json(server.manage("POST", "/api/incidents/1/ack", "{\"by\":\"ann\"}", ""));
            assertThat(message("acknowledged").get("group_key")).isEqualTo(firing.get("group_key"));
            assertThat(json(server.getManagement("/api/alerts"))
                            .at("/alerts/0/acknowledged")
                            .asBoolean())
                    .isTrue();

            json(server.post(TestServer.CHAT, BODY));
            json(server.post(TestServer.CHAT, BODY));
            JsonNode resolved = message("resolved");
            assertThat(resolved.get("status").asText()).isEqualTo("resolved");
            assertThat(json(server.getManagement("/api/alerts")).get("alerts")).isEmpty();
        }
        assertThat(LogLines.read(logs))
                .filteredOn(line -> line.path("category").asText().equals("alert"))
                .extracting(line -> line.path("event").asText())
                .containsSubsequence("alert_pending", "alert_firing", "alert_resolved");
    }

    @Test
    void countsAtTheStopWhatNoEvaluationHasSeen() throws Exception {
        Path data = folder.resolve("data");
        String[] settings = {"data=" + data, "alerts.interval=1m"};
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 1, settings)) {
            json(server.post(TestServer.CHAT, BODY));
            server.awaitSummaries(1);
        }
        try (TestServer next = TestServer.start(TestTelemetry.metrics(), 1, "data=" + data, "alerts.interval=1s")) {
            List<JsonNode> availability = await().atMost(LIMIT)
                    .until(() -> objectives(next, "availability"), found -> found.get(0)
                            .has("compliance"));

            assertThat(availability).singleElement().satisfies(objective -> {
                assertThat(objective.at("/windows/1h/events").asDouble()).isEqualTo(1);
                assertThat(objective.get("compliance").asDouble()).isEqualTo(1);
            });
        }
    }

    private static List<JsonNode> objectives(TestServer server, String name) {
        return json(server.getManagement("/api/slo"))
                .get("objectives")
                .valueStream()
                .filter(objective -> objective.get("objective").asText().equals(name))
                .toList();
    }
}
