package io.vitrine.server.metrics;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.TimeUnit;

import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What nobody answers for is counted, but for no tenant; over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TenantCountsTest {

    private static final String CHAT =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @Test
    void probesAndUnknownPathsAndRefusedKeysBelongToNobody() {
        Telemetry telemetry = TestTelemetry.metrics();
        try (telemetry;
                TestServer server = TestServer.start(telemetry, 2)) {
            server.get("/health");
            server.get("/nothing");
            server.send(HttpRequest.newBuilder(server.uri(TestServer.CHAT))
                    .method("OPTIONS", BodyPublishers.noBody())
                    .build());
            server.send(HttpRequest.newBuilder(server.uri("/health"))
                    .method("DELETE", BodyPublishers.noBody())
                    .build());
            server.post(TestServer.CHAT, CHAT, "vt_wrong");
            assertThat(server.awaitSummaries(5))
                    .allSatisfy(summary -> assertThat(summary.knownTenant()).isEmpty());
            assertThat(tenantSeries(server)).isEmpty();

            server.post(TestServer.CHAT, CHAT);
            server.awaitSummaries(6);
            await().untilAsserted(() -> assertThat(tenantSeries(server))
                    .contains("tenant=\"default\"")
                    .doesNotContain("_unknown"));
            assertThat(server.getManagement("/metrics").body())
                    .containsPattern("vitrine_requests_total\\{[^}]*route=\"/health\"[^}]*} 1");
        }
    }

    private static String tenantSeries(TestServer server) {
        return server.getManagement("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("vitrine_tenant_requests_total{"))
                .filter(line -> !line.endsWith(" 0") && !line.endsWith(" 0.0"))
                .reduce("", String::concat);
    }
}
