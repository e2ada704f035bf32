package io.vitrine.server.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A tenant that is removed is gone, its keys too; over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TenantRemovalTest {

    private static final String CHAT =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path folder;

    @Test
    void aTenantOfTheSameNameDoesNotReviveOldKeys() {
        String data = "data=" + folder.resolve("data");
        String old;
        try (TestServer server = TestServer.start(data)) {
            put(server, "acme");
            old = create(server, "acme");
            assertThat(server.post(TestServer.CHAT, CHAT, old).statusCode()).isEqualTo(200);

            assertThat(server.manage("DELETE", "/api/tenants/acme", "", "").statusCode())
                    .isEqualTo(204);
            assertRefused(server.post(TestServer.CHAT, CHAT, old));
            put(server, "acme");
            assertRefused(server.post(TestServer.CHAT, CHAT, old));
            String fresh = create(server, "acme");
            assertThat(server.post(TestServer.CHAT, CHAT, fresh).statusCode()).isEqualTo(200);

            JsonNode keys =
                    TestServer.parse(server.getManagement("/api/keys").body()).get("keys");
            assertThat(keys).hasSize(2);
            assertThat(keys.get(0).hasNonNull("revoked_at")).isTrue();
            assertThat(keys.get(1).hasNonNull("revoked_at")).isFalse();
            assertThat(server.getManagement("/api/audit").body()).contains("key_revoked", "tenant_removed");
        }
        try (TestServer server = TestServer.start(data)) {
            assertRefused(server.post(TestServer.CHAT, CHAT, old));
        }
    }

    @Test
    void theDefaultTenantCannotBeRemoved() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> refused = server.manage("DELETE", "/api/tenants/default", "", "");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("default cannot be removed", "tenants.keys-required");
            assertThat(server.post(TestServer.CHAT, CHAT).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aTenantOfTheFileCannotBeRemovedElsewhere() throws IOException {
        Path file = Files.writeString(folder.resolve("tenants.yaml"), "tenants:\n  - {id: acme}\n");
        try (TestServer server = TestServer.start("tenants.file=" + file)) {
            HttpResponse<String> refused = server.manage("DELETE", "/api/tenants/acme", "", "");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("tenants.file");
            Files.writeString(file, "tenants: []\n");
            assertThat(server.manage("DELETE", "/api/tenants/acme", "", "").statusCode())
                    .isEqualTo(204);
            assertThat(server.manage("DELETE", "/api/tenants/acme", "", "").statusCode())
                    .isEqualTo(404);
        }
    }

    private static void put(TestServer server, String id) {
        assertThat(server.manage("PUT", "/api/tenants/" + id, "{}", "").statusCode())
                .isEqualTo(200);
    }

    private static String create(TestServer server, String tenant) {
        HttpResponse<String> created = server.manage("POST", "/api/keys", "{\"tenant\":\"" + tenant + "\"}", "");
        return TestServer.parse(created.body()).get("key").asText();
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).contains("was revoked");
    }
}
