package io.vitrine.server.logs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.server.TestServer;
import io.vitrine.server.tenancy.TenantJson;
import io.vitrine.store.ledger.AuditEntry;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the log tells of who asks, of what is refused and of who changes that; every line is held to the schema. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TenantLogTest {

    private static final String CHAT =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path directory;

    private List<JsonNode> logged(LogLevel level, Consumer<TestServer> scenario) {
        try (Telemetry telemetry = LogLines.telemetry(directory, level, ConsoleFormat.OFF);
                TestServer server = TestServer.start(telemetry, 1, "tenants.keys-required=true")) {
            scenario.accept(server);
        }
        return LogLines.read(directory);
    }

    @Test
    void tellsWhoAskedAndWhoWasNotLetIn() {
        List<JsonNode> lines = logged(LogLevel.DEBUG, server -> {
            String key = server.keyOf(Tenant.unlimited("acme"));
            post(server, "stranger", "");
            post(server, "friend", key);
            server.awaitSummaries(2);
        });

        assertThat(story(lines, "stranger")).containsExactly("request_received", "auth_failed", "request_completed");
        assertThat(story(lines, "friend"))
                .containsExactly(
                        "request_received",
                        "auth_succeeded",
                        "inference_started",
                        "inference_completed",
                        "request_completed");
        assertThat(of(lines, "stranger")).noneMatch(line -> line.has("tenant_id"));
        assertThat(of(lines, "friend"))
                .allMatch(line -> line.path("tenant_id").asText().equals("acme"));
        JsonNode failed = of(lines, "stranger").get(1);
        assertThat(failed.get("category").asText()).isEqualTo("auth");
        assertThat(failed.get("level").asText()).isEqualTo("WARN");
        assertThat(failed.get("error_type").asText()).isEqualTo("authentication_error");
    }

    @Test
    void tellsWhoWasNotLetInAtTheManagementPort() {
        List<JsonNode> lines = logged(LogLevel.INFO, server -> {
            String reader = server.keyOf(Tenant.unlimited("ops"), Scope.READ_TELEMETRY);
            server.getManagement("/api/keys");
            server.manage("PUT", "/api/tenants/acme", "{}", reader);
            server.manage("GET", "/api/telemetry/logging", "", reader);
        });

        assertThat(lines.stream()
                        .filter(line -> line.get("event").asText().equals("operator_refused"))
                        .map(line -> line.get("scope").asText() + " "
                                + line.get("error_type").asText()))
                .containsExactly("admin authentication_error", "admin permission_error");
    }

    @Test
    void tellsWhichLimitRefused() {
        List<JsonNode> lines = logged(LogLevel.INFO, server -> {
            server.stopClock();
            String key = server.keyOf(tenant("{\"id\": \"acme\", \"limits\": {\"requests-per-minute\": 1}}"));
            post(server, "first", key);
            post(server, "second", key);
            server.awaitSummaries(2);
        });

        assertThat(story(lines, "first")).containsExactly("request_completed");
        assertThat(story(lines, "second")).containsExactly("rate_limit_exceeded", "request_completed");
        assertThat(of(lines, "second")).allSatisfy(line -> {
            assertThat(line.get("tenant_id").asText()).isEqualTo("acme");
            assertThat(line.get("error_type").asText()).isEqualTo("request_rate_exceeded");
        });
        assertThat(of(lines, "second").get(0).get("category").asText()).isEqualTo("rate-limit");
        assertThat(of(lines, "second").get(1).get("status").asInt()).isEqualTo(429);
    }

    @Test
    void tellsEveryChangeOnceWhoeverMadeItAndNeverAKey() throws IOException {
        String[] secret = new String[1];
        List<JsonNode> lines = logged(LogLevel.TRACE, server -> {
            String admin = server.keyOf(Tenant.unlimited("ops"), Scope.ADMIN);
            secret[0] = admin.substring(11);
            server.tenancy().tellChanges();
            server.manage("PUT", "/api/tenants/acme", "{\"priority\": \"low\"}", admin);
            server.manage("PUT", "/api/tenants/acme", "{\"priority\": \"low\"}", admin);
            server.manage("DELETE", "/api/tenants/acme", "", admin);
            String made = TestServer.parse(server.manage("POST", "/api/keys", "{\"tenant\": \"ops\"}", admin)
                            .body())
                    .get("key")
                    .asText();
            post(server, "wrong-scope", admin);
            post(server, "no-scheme", made);
            server.manage("POST", "/api/keys/" + made.substring(0, 11) + "/revoke", "", admin);
            besideTheServer(server);
            await().untilAsserted(() -> assertThat(read()).contains("\"subject\":\"elsewhere\""));
        });

        assertThat(lines.stream()
                        .filter(line -> line.has("actor"))
                        .map(line -> line.get("event").asText() + " "
                                + line.get("category").asText()))
                .containsExactly(
                        "tenant_added audit",
                        "tenant_added audit",
                        "key_created audit",
                        "tenant_added audit",
                        "tenant_removed audit",
                        "key_created audit",
                        "key_revoked audit",
                        "tenant_changed audit");
        assertThat(read()).contains("wrong-scope").doesNotContain(secret[0]);
    }

    private static void besideTheServer(TestServer server) {
        try (Ledger beside = Ledger.openBeside(LedgerSettings.in(server.data().resolve("store")))) {
            beside.audit()
                    .record(new AuditEntry(0, "a command", "tenant_changed", "elsewhere", "priority low → high"))
                    .join();
        }
    }

    private String read() throws IOException {
        return Files.readString(directory.resolve("vitrine.json"));
    }

    private static Tenant tenant(String json) {
        return TenantJson.parse(TestServer.parse(json), "the test");
    }

    private static void post(TestServer server, String id, String key) {
        var request = server.postRequest(TestServer.CHAT, CHAT).header("x-request-id", id);
        server.send((key.isEmpty() ? request : request.header("authorization", "Bearer " + key)).build());
    }

    private static List<JsonNode> of(List<JsonNode> lines, String id) {
        return lines.stream()
                .filter(line -> line.path("request_id").asText().equals(id))
                .toList();
    }

    private static List<String> story(List<JsonNode> lines, String id) {
        return of(lines, id).stream().map(line -> line.get("event").asText()).toList();
    }
}
