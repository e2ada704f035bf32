package io.vitrine.server.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may read and change what on the management port, and what the changes do; over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ManagementAccessTest {

    private static final String REQUIRED = "tenants.keys-required=true";
    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @Test
    void isOpenToThisMachineWhileTheApiNeedsNoKey() {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 1)) {
            assertThat(server.getManagement("/metrics").statusCode()).isEqualTo(200);
            assertThat(server.getManagement("/api/tenants").body())
                    .isEqualTo("{\"tenants\":[{\"id\":\"default\",\"priority\":\"normal\",\"traces\":\"sampled\","
                            + "\"content\":\"never\",\"prefix-cache\":\"shared\"}]}");
            assertThat(server.getManagement("/api/keys").body()).isEqualTo("{\"keys\":[]}");
        }
    }

    /** As by a page whose name was made to point here: a browser sends its name, and would show it the answer. */
    @ParameterizedTest
    @CsvSource({
        "evil.example, 403",
        "evil.example:8081, 403",
        "127.0.0.1:8081, 200",
        "[::1]:8081, 200",
        "localhost, 200"
    })
    void isNotOpenToPagesOfAnotherName(String host, int status) throws IOException {
        try (TestServer server = TestServer.start();
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.server().managementPort())) {
            socket.getOutputStream()
                    .write(("GET /api/keys HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(TestServer.readToEnd(socket.getInputStream())).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void needsAKeyWithTheScopeWhereTheApiNeedsOne() {
        try (TestServer server = TestServer.start(REQUIRED)) {
            String admin = server.keyOf(Tenant.unlimited("ops"), Scope.ADMIN);
            String reader = server.keyOf(Tenant.unlimited("ops"), Scope.READ_TELEMETRY);
            String user = server.keyOf(Tenant.unlimited("ops"), Scope.INFER);

            for (String path : List.of("/api/tenants", "/api/tenants/ops", "/api/keys", "/api/audit")) {
                assertStatuses(server, "GET", path, "", admin, 200, List.of(reader, user));
            }
            assertStatuses(server, "PUT", "/api/tenants/x", "{}", admin, 200, List.of(reader, user));
            // Telemetry is off here, so whoever is let in finds nothing.
            assertStatuses(server, "GET", "/api/telemetry/logging", "", reader, 404, List.of(admin, user));
            assertStatuses(server, "GET", "/api/telemetry/tracing", "", reader, 404, List.of(admin, user));
            assertStatuses(server, "PUT", "/api/telemetry/tracing", "{}", admin, 404, List.of(reader, user));
            assertThat(server.getManagement("/health/live").statusCode()).isEqualTo(200);
            assertThat(server.getManagement("/metrics").statusCode())
                    .as("for scrapers on this machine")
                    .isEqualTo(404);
        }
    }

    private static void assertStatuses(
            TestServer server, String method, String path, String body, String good, int status, List<String> others) {
        assertThat(server.manage(method, path, body, "").statusCode()).as(path).isEqualTo(401);
        assertThat(server.manage(method, path, body, "vt_wrong").statusCode())
                .as(path)
                .isEqualTo(401);
        others.forEach(key -> assertThat(server.manage(method, path, body, key).statusCode())
                .as(path)
                .isEqualTo(403));
        assertThat(server.manage(method, path, body, good).statusCode())
                .as(path)
                .isEqualTo(status);
    }

    @Test
    void aTenantIsMadeChangedShownAndRemoved() {
        try (TestServer server = TestServer.start()) {
            String policy = "{\"priority\":\"low\",\"limits\":{\"requests-per-minute\":60},\"models\":[\"test/*\"]}";

            JsonNode made = json(server.manage("PUT", "/api/tenants/acme", policy, ""), 200);

            assertThat(made.get("id").asText()).isEqualTo("acme");
            assertThat(made.get("priority").asText()).isEqualTo("low");
            assertThat(json(server.getManagement("/api/tenants/acme"), 200)).isEqualTo(made);
            json(server.manage("PUT", "/api/tenants/acme", "{\"id\":\"acme\"}", ""), 200);
            assertThat(server.tenancy().registry().tenants().find("acme")).contains(Tenant.unlimited("acme"));
            assertThat(server.manage("DELETE", "/api/tenants/acme", "", "").statusCode())
                    .isEqualTo(204);
            json(server.getManagement("/api/tenants/acme"), 404);
            json(server.manage("DELETE", "/api/tenants/acme", "", ""), 404);

            JsonNode changes = json(server.getManagement("/api/audit"), 200).get("changes");
            assertThat(changes.findValuesAsText("action"))
                    .containsExactly("tenant_removed", "tenant_changed", "tenant_added", "tenant_added");
            assertThat(changes.get(0).get("actor").asText()).isEqualTo("management port");
            assertThat(changes.get(1).get("detail").asText()).contains("priority low → normal", "60 → unlimited");
            assertThat(json(server.getManagement("/api/audit?limit=1"), 200).get("changes"))
                    .hasSize(1);
            json(server.getManagement("/api/audit?limit=0"), 400);
        }
    }

    @Test
    void aPolicyThatIsNotUnderstoodIs400AndSaysWhere() {
        try (TestServer server = TestServer.start()) {
            assertThat(message(server, "/api/tenants/acme", "{\"limits\":{\"tokens-per-minute\":0}}"))
                    .contains("limits.tokens-per-minute", "from 1 to 50000000: 0");
            assertThat(message(server, "/api/tenants/acme", "{\"prioritty\":\"low\"}"))
                    .contains("unknown keys [prioritty]");
            assertThat(message(server, "/api/tenants/acme", "{\"id\":\"other\"}"))
                    .contains("the id must be the path's");
            assertThat(message(server, "/api/tenants/acme", "{\"budget\":{\"day\":1,\"currency\":\"EUR\"}}"))
                    .contains("must be in USD", "1 EUR");
            assertThat(message(server, "/api/tenants/-", "{}")).contains("id must have 1 to 64 letters");
            assertThat(server.tenancy().registry().tenants().all()).containsOnlyKeys("default");
        }
    }

    private static String message(TestServer server, String path, String body) {
        return json(server.manage("PUT", path, body, ""), 400)
                .at("/error/message")
                .asText();
    }

    @Test
    void aKeyIsMadeUsedListedWithoutItsSecretAndRevokedAtOnce() {
        try (TestServer server = TestServer.start(REQUIRED)) {
            String admin = server.keyOf(Tenant.unlimited("ops"), Scope.ADMIN);
            server.tenancy().registry().put(Tenant.unlimited("acme"), "test");

            HttpResponse<String> created = server.manage(
                    "POST",
                    "/api/keys",
                    "{\"tenant\":\"acme\",\"name\":\"ci\",\"expires_at\":\"2999-01-01T00:00:00Z\"}",
                    admin);
            String key = json(created, 201).get("key").asText();
            String prefix = json(created, 201).get("prefix").asText();

            assertThat(created.headers().firstValue("cache-control")).hasValue("no-store");
            assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(200);
            String list = server.manage("GET", "/api/keys", "", admin).body();
            assertThat(list).contains(prefix, "\"name\":\"ci\"", "last_used_at").doesNotContain(key.substring(11));

            assertThat(server.manage("POST", "/api/keys/" + prefix + "/revoke", "", admin)
                            .statusCode())
                    .isEqualTo(204);
            assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(401);
            json(server.manage("POST", "/api/keys/vt_00000000/revoke", "", admin), 404);
            String audit = server.manage("GET", "/api/audit", "", admin).body();
            assertThat(audit)
                    .contains("\"actor\":\"" + admin.substring(0, 11), "key_revoked", prefix)
                    .doesNotContain(key.substring(11), admin.substring(11));
        }
    }

    @Test
    void aKeyThatCannotBeMadeIs400() {
        try (TestServer server = TestServer.start()) {
            for (String body : List.of(
                    "{}",
                    "{\"tenant\":\"nobody\"}",
                    "{\"tenant\":\"default\",\"scopes\":[\"root\"]}",
                    "{\"tenant\":\"default\",\"scopes\":[]}",
                    "{\"tenant\":\"default\",\"expires_at\":\"tomorrow\"}",
                    "{\"tenant\":\"default\",\"expires_at\":\"2001-01-01T00:00:00Z\"}",
                    "{\"tenant\":\"default\",\"name\":\"" + "x".repeat(101) + "\"}",
                    "{\"tenant\":\"default\",\"nmae\":\"x\"}")) {
                json(server.manage("POST", "/api/keys", body, ""), 400);
            }
            assertThat(server.tenancy().registry().keys().list()).isEmpty();
        }
    }

    private static JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return TestServer.parse(response.body());
    }
}
