package io.vitrine.server.incidents;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The routes below {@code /api/incidents}, over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class IncidentRoutesTest {

    private static final String INCIDENTS = "/api/incidents";
    private static final String OPENING = "{\"title\":\"slow answers\",\"severity\":\"P1\",\"by\":\"ann\"}";

    private static JsonNode post(TestServer server, String path, String body, int status) {
        return json(server.manage("POST", INCIDENTS + path, body, ""), status);
    }

    private static JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return TestServer.parse(response.body());
    }

    @Test
    void walksThroughTheWorkflow() {
        try (TestServer server = TestServer.start()) {
            JsonNode opened = post(server, "", OPENING, 201);
            assertThat(opened.get("state").asText()).isEqualTo("detected");
            assertThat(opened.get("next_states").toString())
                    .isEqualTo("[\"triaged\",\"resolved\",\"merged\",\"declined\"]");

            String refusal = post(server, "/1/state", "{\"state\":\"closed\"}", 409)
                    .at("/error/message")
                    .asText();
            assertThat(refusal)
                    .isEqualTo(
                            "incident 1 is detected: it can become [triaged, resolved, merged, declined], not closed");
            assertThat(post(server, "/1/state", "{\"state\":\"triaged\"}", 409)
                            .at("/error/code")
                            .asText())
                    .isEqualTo("conflict");
            post(server, "/1/ack", "", 200);
            post(server, "/1/assign", "{\"commander\":\"ann\",\"war_room\":\"#ops\"}", 200);
            post(server, "/1/state", "{\"state\":\"triaged\",\"why\":\"real\"}", 200);
            post(server, "/1/note", "{\"text\":\"the disk is slow\",\"by\":\"bob\"}", 200);
            post(server, "/1/severity", "{\"severity\":\"P0\",\"why\":\"all tenants\"}", 200);
            post(server, "/1/state", "{\"state\":\"resolved\"}", 200);
            post(server, "/1/root-cause", "{\"text\":\"a worn disk\"}", 200);
            post(server, "/1/state", "{\"state\":\"reviewed\"}", 200);
            post(server, "/1/action-item", "{\"text\":\"watch wear\",\"owner\":\"bob\",\"due\":\"2020-01-31\"}", 200);
            JsonNode closed = post(server, "/1/state", "{\"state\":\"closed\"}", 200);

            assertThat(closed.get("overdue_action_items").asInt()).isEqualTo(1);
            assertThat(closed.get("acknowledged_at")).isNotNull();
            assertThat(closed.get("severity").asText()).isEqualTo("P0");
            assertThat(closed.get("timeline").findValuesAsText("author")).contains("ann", "bob", "management port");
            post(server, "/1/action-item", "{\"done\":1}", 200);
            JsonNode listed = json(server.getManagement(INCIDENTS + "?state=closed"), 200);
            assertThat(listed.at("/incidents/0/overdue_action_items").asInt()).isZero();
            assertThat(json(server.getManagement(INCIDENTS + "?state=open"), 200)
                            .get("incidents"))
                    .isEmpty();

            HttpResponse<String> postMortem = server.getManagement(INCIDENTS + "/1/post-mortem");
            assertThat(postMortem.headers().firstValue("content-type")).hasValue("text/markdown; charset=utf-8");
            assertThat(postMortem.body())
                    .startsWith("# Incident 1: slow answers\n")
                    .contains("a worn disk", "- [x] watch wear (bob, due 2020-01-31)", "- Time to resolve: ");
            assertThat(server.getManagement("/api/audit").body())
                    .contains(
                            "\"action\":\"incident_opened\"",
                            "\"subject\":\"incident 1\"",
                            "P0 closed: closed: by hand");
        }
    }

    @Test
    void mergesOneIntoAnother() {
        try (TestServer server = TestServer.start()) {
            post(server, "", OPENING, 201);
            post(server, "", OPENING, 201);

            assertThat(post(server, "/2/merge", "{\"into\":1}", 200).get("id").asLong())
                    .isEqualTo(1);

            assertThat(json(server.getManagement(INCIDENTS + "/2"), 200)
                            .get("state")
                            .asText())
                    .isEqualTo("merged");
            post(server, "/2/merge", "{\"into\":1}", 409);
            post(server, "/1/merge", "{\"into\":1}", 409);
            post(server, "/1/merge", "{\"into\":9}", 404);
        }
    }

    @Test
    void refusesWhatIsNotUnderstood() {
        try (TestServer server = TestServer.start()) {
            post(server, "", OPENING, 201);
            for (List<String> wrong : List.of(
                    List.of("", "{\"title\":\"x\"}"),
                    List.of("", "{\"title\":\" \",\"severity\":\"P1\"}"),
                    List.of("", "{\"title\":\"" + "x".repeat(501) + "\",\"severity\":\"P1\"}"),
                    List.of("", "{\"title\":\"x\",\"severity\":\"p9\"}"),
                    List.of("", "{\"title\":\"x\",\"severity\":\"P1\",\"urgent\":true}"),
                    List.of("/1/state", "{\"state\":\"merged\"}"),
                    List.of("/1/note", "{\"text\":\"\"}"),
                    List.of("/1/note", "{\"text\":\"x\",\"by\":\"" + "x".repeat(201) + "\"}"),
                    List.of("/1/assign", "{\"commander\":\"\"}"),
                    List.of("/1/action-item", "{\"text\":\"x\",\"owner\":\"o\",\"due\":\"soon\"}"),
                    List.of("/x/ack", "{}"))) {
                assertThat(post(server, wrong.get(0), wrong.get(1), 400)
                                .at("/error/type")
                                .asText())
                        .as(wrong.toString())
                        .isEqualTo("invalid_request_error");
            }
            post(server, "/7/ack", "{}", 404);
            post(server, "/1/action-item", "{\"done\":1}", 409);
            json(server.getManagement(INCIDENTS + "/7"), 404);
            json(server.getManagement(INCIDENTS + "?state=lost"), 400);
            json(server.getManagement(INCIDENTS + "/1/evidence/none"), 404);
            assertThat(json(server.getManagement(INCIDENTS), 200).get("incidents"))
                    .hasSize(1);
        }
    }

    @Test
    void refusesAChangeOfAnOldVersion() {
        try (TestServer server = TestServer.start()) {
            post(server, "", OPENING, 201);
            JsonNode collected = await().atMost(20, TimeUnit.SECONDS)
                    .until(() -> json(server.getManagement(INCIDENTS + "/1"), 200), incident -> incident.get("timeline")
                            .findValuesAsText("kind")
                            .contains("evidence"));
            long version = collected.get("version").asLong();

            post(server, "/1/note", "{\"text\":\"one\",\"version\":" + version + "}", 200);
            String refusal = post(server, "/1/note", "{\"text\":\"two\",\"version\":" + version + "}", 409)
                    .at("/error/message")
                    .asText();

            assertThat(refusal).contains("has version " + (version + 1) + ", not " + version);
        }
    }

    @Test
    void needsTheScopesOfItsNeighbours() {
        try (TestServer server = TestServer.start("tenants.keys-required=true")) {
            String admin = server.keyOf(Tenant.unlimited("ops"), Scope.ADMIN);
            String reader = server.keyOf(Tenant.unlimited("ops"), Scope.READ_TELEMETRY);
            String user = server.keyOf(Tenant.unlimited("acme"), Scope.INFER);

            for (String key : List.of(reader, user)) {
                json(server.manage("POST", INCIDENTS, OPENING, key), 403);
            }
            json(server.manage("POST", INCIDENTS, OPENING, ""), 401);
            json(server.manage("POST", INCIDENTS, OPENING, admin), 201);
            await().atMost(20, TimeUnit.SECONDS)
                    .until(() -> server.manage("GET", INCIDENTS + "/1/evidence/threads", "", reader)
                                    .statusCode()
                            == 200);
            for (String path : List.of("", "/1", "/1/post-mortem", "/1/evidence/threads")) {
                assertThat(server.manage("GET", INCIDENTS + path, "", reader).statusCode())
                        .as(path)
                        .isEqualTo(200);
                assertThat(server.manage("GET", INCIDENTS + path, "", user).statusCode())
                        .as(path)
                        .isEqualTo(403);
                assertThat(server.manage("GET", INCIDENTS + path, "", "").statusCode())
                        .as(path)
                        .isEqualTo(401);
            }
            String changes = INCIDENTS + "/1/evidence/changes";
            await().atMost(20, TimeUnit.SECONDS)
                    .until(() -> server.manage("GET", changes, "", admin).statusCode() == 200);
            assertThat(server.manage("GET", changes, "", reader).statusCode())
                    .as("it quotes the audit log, which is for administrators")
                    .isEqualTo(403);
            assertThat(server.putManagement(INCIDENTS, "text/plain", OPENING).statusCode())
                    .isNotEqualTo(201);
        }
    }
}
