package io.vitrine.server.archive;

import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.tenants.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

/** What the server tells is kept, and is found again over HTTP. */
@Timeout(120)
class StoreArchiveTest {

    @TempDir
    private Path folder;

    @Test
    void aRequestIsFoundAgainWithItsTraceAndItsLog() {
        try (StoredServer stored = new StoredServer(folder, 2)) {
            JsonNode answer = TestServer.parse(stored.chat("req-1", "abc").body());
            JsonNode story = stored.ask(
                    "/api/requests/req-1",
                    found -> found.has("trace") && !found.path("log").isEmpty());

            assertThat(story.path("request_id").asText()).isEqualTo("req-1");
            JsonNode line = story.path("log").get(0);
            assertThat(line.path("event").asText()).isEqualTo("request_completed");
            assertThat(line.path("tenant_id").asText()).isEqualTo("default");
            assertThat(line.path("fields").path("output_tokens").asInt())
                    .isEqualTo(answer.path("usage").path("completion_tokens").asInt());
            JsonNode root = story.path("trace").path("roots").get(0);
            assertThat(root.path("name").asText()).isEqualTo("gateway_request");
            assertThat(root.path("attributes").path("vitrine.request_id").asText())
                    .isEqualTo("req-1");
            assertThat(root.path("duration_ms").asDouble())
                    .isEqualTo(line.path("fields").path("duration_ms").asDouble());
            assertThat(root.path("children").findValuesAsText("name"))
                    .contains("queue_enqueue", "inference_process", "response_formatting");

            String traceId = line.path("trace_id").asText();
            JsonNode trace = stored.ask("/api/traces/" + traceId);
            assertThat(trace).isEqualTo(story.path("trace"));
            assertThat(trace.path("tenant_id").asText()).isEqualTo("default");
        }
    }

    @Test
    void tracesAreListedByWhatTheyWere() {
        try (StoredServer stored = new StoredServer(folder, 2)) {
            stored.chat("req-1", "a");
            stored.chat("req-2", "b");
            String all = "/api/traces?limit=10&tenant=default";
            JsonNode both = stored.ask(all, found -> found.path("data").size() == 2);
            assertThat(both.path("data").findValuesAsText("request_id")).containsExactly("req-2", "req-1");
            assertThat(both.path("more").asBoolean()).isFalse();
            assertThat(ids(stored, "/api/traces?limit=1&offset=1&tenant=default"))
                    .containsExactly("req-1");
            assertThat(stored.ask("/api/traces?limit=1&tenant=default")
                            .path("more")
                            .asBoolean())
                    .isTrue();
            assertThat(ids(stored, "/api/traces?tenant=nobody")).isEmpty();
            assertThat(ids(stored, all + "&route=/v1/chat/completions")).hasSize(2);
            assertThat(ids(stored, all + "&route=/v1/completions")).isEmpty();
            assertThat(ids(stored, all + "&min_duration_ms=86400000")).isEmpty();
            JsonNode slowest = stored.ask(all + "&slowest=decode").path("data");
            assertThat(slowest.findValuesAsText("name")).containsOnly("decode").hasSize(2);
            assertThat(slowest.get(0).path("duration_ms").asDouble())
                    .isGreaterThanOrEqualTo(slowest.get(1).path("duration_ms").asDouble());
            assertThat(ids(stored, all + "&to=1970-01-02T00:00:00Z&from=0")).isEmpty();
        }
    }

    @Test
    void logsAreSearched() {
        try (StoredServer stored = new StoredServer(folder, 2)) {
            stored.chat("req-1", "a");
            stored.server().post(TestServer.CHAT, "{}");
            JsonNode found = stored.ask(
                    "/api/logs?q=invalid_request", page -> page.path("data").size() == 1);
            assertThat(found.path("data").get(0).path("fields").path("status").asInt())
                    .isEqualTo(400);
            assertThat(stored.ask(
                                    "/api/logs?request_id=req-1",
                                    page -> page.path("data").size() == 1)
                            .path("data")
                            .get(0)
                            .path("event")
                            .asText())
                    .isEqualTo("request_completed");
            assertThat(stored.ask("/api/logs?level=ERROR").path("data")).isEmpty();
            assertThat(stored.ask("/api/logs?event=model_loaded&q=test").path("data"))
                    .hasSize(1);
        }
    }

    @Test
    void metersAndStagesAndStepsAreKept() {
        try (StoredServer stored = new StoredServer(folder, 2)) {
            stored.chat("req-1", "a");
            JsonNode series = stored.ask(
                    "/api/metrics?name=vitrine_requests_total&outcome=completed",
                    page -> page.path("data").size() == 1);
            JsonNode points = series.path("data").get(0).path("points");
            assertThat(points.get(points.size() - 1).path("value").asDouble()).isEqualTo(1);
            assertThat(series.path("data").get(0).path("labels").path("outcome").asText())
                    .isEqualTo("completed");
            assertThat(stored.ask("/api/metrics?name=vitrine_requests_total&outcome=failed")
                            .path("data"))
                    .isEmpty();

            JsonNode stages =
                    stored.ask("/api/stages", page -> !page.path("data").isEmpty());
            assertThat(stages.path("data").findValuesAsText("stage")).contains("decode", "gateway_request", "prefill");
            assertThat(stages.path("data").get(0).path("p50_ms").asDouble()).isPositive();

            JsonNode why = stored.ask(
                    "/api/requests/req-1/why",
                    found -> found.path("batch").path("steps").asInt() > 0);
            assertThat(why.path("batch").path("largest").asInt()).isEqualTo(1);
        }
    }

    @Test
    void requestsOfOneIdAreNotMixed() {
        try (StoredServer stored = new StoredServer(folder, 2)) {
            TestServer server = stored.server();
            for (String tenant : List.of("acme", "zeta", "acme")) {
                server.send(server.postRequest(TestServer.CHAT, BODY)
                        .header("x-request-id", "job")
                        .header("authorization", "Bearer " + server.keyOf(Tenant.unlimited(tenant)))
                        .build());
            }
            JsonNode latest = stored.ask(
                    "/api/requests/job", story -> story.path("other_uses").size() == 2 && story.has("trace"));
            assertThat(latest.path("tenant_id").asText()).isEqualTo("acme");
            assertThat(latest.path("log").findValuesAsText("tenant_id")).containsOnly("acme");
            assertThat(latest.path("log").findValuesAsText("event")).containsOnlyOnce("request_completed");
            assertThat(latest.path("other_uses").findValuesAsText("tenant_id")).containsExactly("zeta", "acme");

            JsonNode zeta = stored.ask("/api/requests/job?tenant=zeta", story -> story.has("trace"));
            assertThat(zeta.path("log").findValuesAsText("tenant_id")).containsOnly("zeta");
            assertThat(zeta.at("/trace/trace_id"))
                    .isNotEqualTo(latest.at("/trace/trace_id"))
                    .isEqualTo(latest.at("/other_uses/0/trace_id"));
            assertThat(zeta.path("other_uses")).isEmpty();
            assertThat(stored.ask("/api/requests/job/why?tenant=zeta")
                            .path("tenant_id")
                            .asText())
                    .isEqualTo("zeta");
            assertThat(server.getManagement("/api/requests/job?tenant=beta").statusCode())
                    .isEqualTo(404);
            assertThat(stored.ask("/api/logs?request_id=job&tenant=zeta")
                            .path("data")
                            .findValuesAsText("tenant_id"))
                    .containsOnly("zeta");
        }
    }

    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @Test
    void saysWhoARequestWaitedBehind() {
        try (StoredServer stored = new StoredServer(folder, 1)) {
            var first = stored.server()
                    .postAsync(
                            TestServer.COMPLETIONS, "{\"model\":\"test/model\",\"prompt\":\"a\",\"max_tokens\":200}");
            stored.chat("req-late", "b");
            first.join();
            JsonNode why = stored.ask("/api/requests/req-late/why", found -> found.path("trace_kept")
                    .asBoolean());

            double sum = 0;
            for (JsonNode stage : why.path("critical_path")) {
                sum += stage.path("duration_ms").asDouble();
            }
            assertThat(sum).isCloseTo(why.path("duration_ms").asDouble(), offset(0.001));
            assertThat(why.path("critical_path").findValuesAsText("stage")).contains("decode", "prefill");
            assertThat(why.path("summary").get(0).asText())
                    .startsWith("The request took ")
                    .endsWith("completed.");
            assertThat(why.path("outcome").asText()).isEqualTo("completed");
        }
    }

    @Test
    void aBadQuestionIsRefusedByNameValueAndLimit() {
        try (StoredServer stored = new StoredServer(folder, 1)) {
            List.of(
                            List.of("/api/traces?limit=0", "limit", "between 1 and 1000: 0"),
                            List.of("/api/traces?limit=many", "limit", "between 1 and 1000: many"),
                            List.of("/api/traces?offset=10001", "offset", "between 0 and 10000: 10001"),
                            List.of("/api/traces?min_duration_ms=-1", "min_duration_ms", "between 0 and 86400000: -1"),
                            List.of("/api/traces?from=yesterday", "from", "yesterday"),
                            List.of(
                                    "/api/traces?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
                                    "from",
                                    "must not be after"),
                            List.of("/api/traces?slowest=coffee", "slowest", "must be one of gateway_request"),
                            List.of("/api/traces?route=/v2", "route", "must be one of /v1/chat/completions"),
                            List.of("/api/traces?tenants=a", "tenants", "there is no parameter tenants here"),
                            List.of("/api/traces?limit=1&limit=2", "limit", "more than once"),
                            List.of("/api/traces/xyz", "trace_id", "32 hexadecimal digits"),
                            List.of("/api/logs?level=LOUD", "level", "must be one of"),
                            List.of("/api/logs?q=%25%25", "q", "from 1 to 32 words"),
                            List.of("/api/metrics", "name", "missing required parameter: name"),
                            List.of("/api/requests/a%20b", "request_id", "letters, digits"))
                    .forEach(bad -> {
                        var response = stored.server().getManagement(bad.get(0));
                        assertThat(response.statusCode()).as(bad.get(0)).isEqualTo(400);
                        JsonNode error = TestServer.parse(response.body()).path("error");
                        assertThat(error.path("param").asText()).isEqualTo(bad.get(1));
                        assertThat(error.path("message").asText()).contains(bad.get(2));
                        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
                    });
            assertThat(stored.server().getManagement("/api/requests/nobody").statusCode())
                    .isEqualTo(404);
            assertThat(stored.server().getManagement("/api/requests/nobody/why").statusCode())
                    .isEqualTo(404);
            assertThat(stored.server()
                            .getManagement("/api/traces/" + "0".repeat(32))
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void saysSoWhenNothingIsStored() {
        try (TestServer server = TestServer.start()) {
            var response = server.getManagement("/api/traces");
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body()).contains("store.enabled");
        }
    }

    private static List<String> ids(StoredServer stored, String path) {
        return stored.ask(path).path("data").findValuesAsText("request_id");
    }
}
