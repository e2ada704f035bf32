package io.vitrine.server.console;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.server.archive.StoredServer;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TenantIsolationTest {

    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":4}";

    /** Every route that reads, with what a tenant's operator gets. */
    private static final List<String> OPEN = List.of(
            "/api/search/requests",
            "/api/search/requests?format=csv",
            "/api/search/requests?q=tenant:zebra",
            "/api/search/requests?q=-tenant:acme",
            "/api/search/logs",
            "/api/search/logs?q=zebra",
            "/api/search/heatmap",
            "/api/search/compare?select=ttft%3E0",
            "/api/search/complete?q=tenant:&cursor=7",
            "/api/search/complete?q=id:&cursor=3",
            "/api/search/language",
            "/api/traces",
            "/api/traces?slowest=prefill",
            "/api/logs",
            "/api/requests/req_acme",
            "/api/requests/req_acme/why",
            "/api/requests/req_acme/neighbours",
            "/api/requests/req_acme/tokens",
            "/api/costs",
            "/api/business");

    private static final List<String> CLOSED = List.of(
            "/api/traces?tenant=zebra",
            "/api/logs?tenant=zebra",
            "/api/costs?tenant=zebra",
            "/api/business?tenant=zebra",
            "/api/requests/req_zebra?tenant=zebra",
            "/api/overview",
            "/api/live?topics=steps",
            "/api/live?topics=requests,overview",
            "/api/metrics?name=vitrine_requests_total",
            "/api/stages",
            "/api/engine/steps",
            "/api/engine/slots",
            "/api/engine/decisions",
            "/api/timeline",
            "/api/meters?names=vitrine_*",
            "/api/alerts",
            "/api/rules",
            "/api/slo",
            "/api/silences",
            "/api/incidents",
            "/api/gpu",
            "/api/capacity",
            "/api/tenants",
            "/api/tenants/zebra",
            "/api/keys",
            "/api/audit",
            "/api/profile",
            "/api/runbooks/disk-fills-soon",
            "/api/telemetry/tracing",
            "/api/telemetry/logging",
            "/api/telemetry/store",
            "/api/telemetry/catalogue");

    @TempDir
    static Path folder;

    private static StoredServer stored;
    private static String own;
    private static String cookie;
    private static String csrf;

    @BeforeAll
    static void start() {
        stored = new StoredServer(folder, 2, "tenants.keys-required=true");
        TestServer server = stored.server();
        String acme = server.keyOf(Tenant.unlimited("acme"), Scope.INFER);
        String zebra = server.keyOf(Tenant.unlimited("zebra"), Scope.INFER);
        chat(acme, "req_acme");
        chat(zebra, "req_zebra");
        chat(acme, "req_acme2");
        own = server.keyOf(Tenant.unlimited("acme"), Scope.READ_TENANT);
        String reader = server.keyOf(Tenant.unlimited("ops"), Scope.READ_TELEMETRY);
        await().until(() -> TestServer.parse(server.manage("GET", "/api/search/requests", "", reader)
                                .body())
                        .path("data")
                        .size()
                == 3);
        await().until(() ->
                TestServer.parse(server.manage("GET", "/api/traces", "", reader).body())
                                .path("data")
                                .size()
                        >= 3);
        HttpResponse<String> login = server.manage("POST", "/console/login", "{\"key\":\"" + own + "\"}", "");
        String set = login.headers().firstValue("set-cookie").orElseThrow();
        cookie = set.substring(0, set.indexOf(';'));
        JsonNode session = TestServer.parse(login.body());
        csrf = session.path("csrf").asText();
        assertThat(session.path("role").asText()).isEqualTo("tenant");
        assertThat(session.path("tenant_id").asText()).isEqualTo("acme");
    }

    private static void chat(String key, String id) {
        HttpResponse<String> response = stored.server()
                .send(stored.server()
                        .postRequest(TestServer.CHAT, BODY)
                        .header("authorization", "Bearer " + key)
                        .header("x-request-id", id)
                        .build());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        stored.close();
    }

    private static HttpResponse<String> bySession(String path) {
        return stored.server()
                .send(HttpRequest.newBuilder(stored.server().managementUri(path))
                        .header("cookie", cookie)
                        .build());
    }

    @Test
    void noOpenRouteShowsAnotherTenant() {
        for (String path : OPEN) {
            for (HttpResponse<String> response :
                    List.of(bySession(path), stored.server().manage("GET", path, "", own))) {
                assertThat(response.statusCode()).as(path + response.body()).isEqualTo(200);
                assertThat(response.body()).as(path).doesNotContain("zebra");
            }
        }
        assertThat(TestServer.parse(bySession("/api/search/requests").body())
                        .path("data")
                        .findValuesAsText("request_id"))
                .containsExactly("req_acme2", "req_acme");
    }

    @Test
    void everyOtherRouteIsClosed() {
        for (String path : CLOSED) {
            for (HttpResponse<String> response :
                    List.of(bySession(path), stored.server().manage("GET", path, "", own))) {
                assertThat(response.statusCode()).as(path).isEqualTo(403);
                assertThat(response.body()).as(path).doesNotContain("zebra\"");
            }
        }
    }

    @Test
    void whatIsOfAnotherTenantIsNotThere() {
        String reader = stored.server().keyOf(Tenant.unlimited("ops"), Scope.READ_TELEMETRY);
        JsonNode traces = TestServer.parse(stored.server()
                .manage("GET", "/api/traces?tenant=zebra", "", reader)
                .body());
        String trace = traces.at("/data/0/trace_id").asText();
        String mine = TestServer.parse(stored.server()
                        .manage("GET", "/api/traces?tenant=acme", "", reader)
                        .body())
                .at("/data/0/trace_id")
                .asText();
        String span = TestServer.parse(stored.server()
                        .manage("GET", "/api/traces/" + trace, "", reader)
                        .body())
                .at("/roots/0/span_id")
                .asText();
        for (String path : List.of(
                "/api/requests/req_zebra",
                "/api/requests/req_zebra/why",
                "/api/requests/req_zebra/neighbours",
                "/api/requests/req_zebra/tokens",
                "/api/traces/" + trace,
                "/api/traces/" + trace + "/window",
                "/api/traces/" + trace + "/spans/" + span,
                "/api/traces/" + trace + "/export?format=otlp",
                "/api/traces/" + trace + "/export?format=chrome",
                "/api/traces/compare?left=" + mine + "&right=" + trace)) {
            assertThat(stored.server().manage("GET", path, "", reader).statusCode())
                    .as(path)
                    .isEqualTo(200);
            HttpResponse<String> response = bySession(path);
            assertThat(response.statusCode()).as(path).isEqualTo(404);
        }
        assertThat(bySession("/api/traces/" + mine + "/window").statusCode()).isEqualTo(200);
    }

    @Test
    void changesNothing() {
        for (String path : List.of("/api/incidents", "/api/silences", "/api/profile", "/api/keys")) {
            HttpResponse<String> response = stored.server()
                    .send(HttpRequest.newBuilder(stored.server().managementUri(path))
                            .header("cookie", cookie)
                            .header("x-vitrine-csrf", csrf)
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build());
            assertThat(response.statusCode()).as(path).isEqualTo(403);
        }
    }
}
