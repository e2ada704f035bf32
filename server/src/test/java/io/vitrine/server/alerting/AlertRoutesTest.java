package io.vitrine.server.alerting;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.alerting.plan.AlertFile;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The routes of alerts, rules, objectives and silences, over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AlertRoutesTest {

    private static final String SILENCES = "/api/silences";
    private static final String SILENCE =
            "{\"matchers\":[\"alertname=ModelIsReady\"],\"for\":\"2h\",\"why\":\"a test\"}";

    @TempDir
    private Path folder;

    /** A server whose rule ModelIsReady fires. */
    private TestServer start(String... settings) throws IOException {
        Path file = Files.writeString(folder.resolve("alerts.yaml"), """
                disabled: [ProcessorSaturated]
                rules:
                  - {alert: ModelIsReady, severity: P2, expr: max by (model) (vitrine_engine_slots), fires: "> 0",
                     summary: "{{ value }} slots", action: none, runbook: model-missing}
                """);
        List<String> all = new ArrayList<>(List.of("alerts.interval=1s", "alerts.file=" + file));
        all.addAll(List.of(settings));
        return TestServer.start(TestTelemetry.metrics(), 1, all.toArray(String[]::new));
    }

    private static JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return TestServer.parse(response.body());
    }

    private static JsonNode post(TestServer server, String body, int status) {
        return json(server.manage("POST", SILENCES, body, ""), status);
    }

    private static JsonNode firing(TestServer server) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> json(server.getManagement("/api/alerts"), 200).at("/alerts/0"),
                        alert -> alert.path("state").asText().equals("firing"));
    }

    @Test
    void listsAlertsRulesAndObjectives() throws IOException {
        try (TestServer server = start()) {
            JsonNode alert = firing(server);

            assertThat(alert.get("alert").asText()).isEqualTo("ModelIsReady");
            assertThat(alert.get("summary").asText()).isEqualTo("1 slots");
            assertThat(alert.at("/labels/model").asText()).isEqualTo("test/model");
            assertThat(alert.get("acknowledged").asBoolean()).isFalse();
            JsonNode rules = json(server.getManagement("/api/rules"), 200).get("rules");
            assertThat(rules)
                    .as("one is disabled, one added")
                    .hasSize(AlertFile.shipped().rules().size());
            assertThat(rules).anySatisfy(rule -> {
                assertThat(rule.get("alert").asText()).isEqualTo("ModelIsReady");
                assertThat(rule.get("state").asText()).isEqualTo("firing");
            });
            assertThat(rules.findValuesAsText("state"))
                    .contains("inactive", "no_data")
                    .doesNotContain("failed");
            assertThat(json(server.getManagement("/api/slo"), 200)
                            .get("objectives")
                            .findValuesAsText("objective"))
                    .contains("availability", "first-token", "satisfaction");
        }
    }

    @Test
    void addsShowsAndEndsASilence() throws IOException {
        try (TestServer server = start()) {
            firing(server);
            JsonNode added = post(server, SILENCE, 201);
            String id = added.get("id").asText();

            assertThat(added.get("who").asText()).isEqualTo("management port");
            JsonNode listed = json(server.getManagement(SILENCES), 200).at("/silences/0");
            assertThat(listed.get("id").asText()).isEqualTo(id);
            assertThat(listed.get("matchers").toString()).isEqualTo("[\"alertname=\\\"ModelIsReady\\\"\"]");
            assertThat(listed.get("remaining_seconds").asLong()).isBetween(7_000L, 7_200L);
            assertThat(firing(server).get("suppressed").asText()).contains("silence");

            HttpResponse<String> ended = server.manage("DELETE", SILENCES + "/" + id, "", "");
            assertThat(ended.statusCode()).isEqualTo(204);
            assertThat(ended.body()).isEmpty();
            assertThat(json(server.getManagement(SILENCES), 200).get("silences"))
                    .isEmpty();
            assertThat(firing(server).has("suppressed")).isFalse();
            json(server.manage("DELETE", SILENCES + "/" + id, "", ""), 404);
            assertThat(server.getManagement("/api/audit").body())
                    .contains("silence_added", "silence_expired", "\"subject\":\"" + id + "\"");
        }
    }

    @Test
    void refusesWhatIsNotUnderstood() throws IOException {
        try (TestServer server = start()) {
            String matchers = "\"matchers\":[\"severity=P2\"]";
            for (String wrong : List.of(
                    "[]",
                    "{",
                    "{\"for\":\"1h\",\"why\":\"x\"}",
                    "{\"matchers\":\"severity=P2\",\"for\":\"1h\",\"why\":\"x\"}",
                    "{\"matchers\":[],\"for\":\"1h\",\"why\":\"x\"}",
                    "{\"matchers\":[\"severity\"],\"for\":\"1h\",\"why\":\"x\"}",
                    "{\"matchers\":[\"severity=~.*\"],\"for\":\"1h\",\"why\":\"x\"}",
                    "{\"matchers\":[\"severity=~(\"],\"for\":\"1h\",\"why\":\"x\"}",
                    "{\"matchers\":[" + "\"severity=P2\",".repeat(20) + "\"a=b\"],\"for\":\"1h\",\"why\":\"x\"}",
                    "{" + matchers + ",\"why\":\"x\"}",
                    "{" + matchers + ",\"for\":\"soon\",\"why\":\"x\"}",
                    "{" + matchers + ",\"for\":\"0s\",\"why\":\"x\"}",
                    "{" + matchers + ",\"for\":\"91d\",\"why\":\"x\"}",
                    "{" + matchers + ",\"for\":\"1h\"}",
                    "{" + matchers + ",\"for\":\"1h\",\"why\":\" \"}",
                    "{" + matchers + ",\"for\":\"1h\",\"why\":\"" + "x".repeat(501) + "\"}",
                    "{" + matchers + ",\"for\":\"1h\",\"why\":\"x\",\"until\":\"noon\"}")) {
                assertThat(post(server, wrong, 400).at("/error/type").asText())
                        .as(wrong)
                        .isEqualTo("invalid_request_error");
            }
            post(server, "{" + matchers + ",\"for\":\"1h\",\"why\":\"" + "x".repeat(70_000) + "\"}", 413);
            assertThat(json(server.getManagement(SILENCES), 200).get("silences"))
                    .isEmpty();
        }
    }

    @Test
    void refusesOtherSites() throws IOException {
        try (TestServer server = start()) {
            for (String[] header :
                    new String[][] {{"origin", "https://evil.example"}, {"content-type", "text/plain"}}) {
                HttpRequest.Builder request = HttpRequest.newBuilder(server.managementUri(SILENCES))
                        .header("content-type", "application/json")
                        .setHeader(header[0], header[1])
                        .POST(BodyPublishers.ofString(SILENCE));
                assertThat(server.send(request.build()).statusCode())
                        .as(header[1])
                        .isIn(403, 415);
            }
            assertThat(json(server.getManagement(SILENCES), 200).get("silences"))
                    .isEmpty();
        }
    }

    @Test
    void needsTheScopesOfItsNeighbours() throws IOException {
        try (TestServer server = start("tenants.keys-required=true")) {
            String admin = server.keyOf(Tenant.unlimited("ops"), Scope.ADMIN);
            String reader = server.keyOf(Tenant.unlimited("ops"), Scope.READ_TELEMETRY);
            String user = server.keyOf(Tenant.unlimited("acme"), Scope.INFER);

            for (String path : List.of("/api/alerts", "/api/rules", "/api/slo", SILENCES)) {
                json(server.manage("GET", path, "", reader), 200);
                json(server.manage("GET", path, "", user), 403);
                json(server.manage("GET", path, "", ""), 401);
            }
            json(server.manage("POST", SILENCES, SILENCE, reader), 403);
            json(server.manage("POST", SILENCES, SILENCE, ""), 401);
            JsonNode added = json(server.manage("POST", SILENCES, SILENCE, admin), 201);
            assertThat(added.get("who").asText()).isNotEqualTo("management port");
            String path = SILENCES + "/" + added.get("id").asText();
            json(server.manage("DELETE", path, "", reader), 403);
            assertThat(server.manage("DELETE", path, "", admin).statusCode()).isEqualTo(204);
        }
    }

    @Test
    void saysThatAlertsAreNotEvaluated() {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 1, "alerts.enabled=false")) {
            assertThat(json(server.getManagement("/api/alerts"), 404)
                            .at("/error/message")
                            .asText())
                    .contains("alerts.enabled");
            post(server, SILENCE, 404);
        }
    }
}
