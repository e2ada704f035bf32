package io.vitrine.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

import io.vitrine.observability.Telemetry;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.observability.metrics.MetricSettings;
import io.vitrine.server.archive.StoreArchive;
import io.vitrine.server.tenancy.TenantJson;
import io.vitrine.store.telemetry.TelemetrySettings;
import io.vitrine.store.telemetry.TelemetryStore;

import static org.awaitility.Awaitility.await;

/** A server with all there is to be told of: prices, a store, power, a tenant with a service level. */
public final class FullServer implements AutoCloseable {

    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}],\"stream\":%s}";

    private final StoreArchive archive;
    private final Telemetry telemetry;
    private final TestServer server;

    /** @param folder for logs, prices and the store */
    public FullServer(MetricSettings metrics, Path folder) throws IOException {
        archive = new StoreArchive(
                new TelemetryStore(TelemetrySettings.in(folder.resolve("store")), Instant::now),
                Duration.ofHours(1),
                System::nanoTime);
        telemetry = TestTelemetry.everything(metrics, folder.resolve("logs"), Optional.of(archive));
        Path prices = folder.resolve("prices.yaml");
        Files.writeString(prices, "{currency: EUR, prices: [{model: '*', input: 1, output: 2}]}");
        server = TestServer.start(
                telemetry, 2, "prices.file=" + prices, "prices.machine-hour=0.5", "alerts.interval=1s");
        server.tenancy().books().readPower(() -> OptionalDouble.of(50));
        server.keyOf(TenantJson.parse(TestServer.parse("{\"id\":\"gold\",\"sla\":{\"end-to-end-ms\":60000}}"), "test"));
    }

    public TestServer server() {
        return server;
    }

    public Telemetry telemetry() {
        return telemetry;
    }

    /** Three answers, one rated and one constrained, and two refusals: six requests; and an evaluation of alerts. */
    public void load() {
        server.json(TestServer.CHAT, BODY.formatted("false"));
        String rated = server.awaitSummaries(1).get(0).requestId();
        server.json("/v1/feedback", "{\"request_id\":\"" + rated + "\",\"thumbs\":\"up\"}");
        telemetry.measured(server.tenancy().quality().now());
        server.chunks(TestServer.CHAT, BODY.formatted("true"));
        server.post(TestServer.CHAT, "{}");
        server.post(TestServer.CHAT, BODY.formatted("false, \"guided_choice\": [\"yes\"]"));
        server.post(TestServer.CHAT, BODY.formatted("false, \"guided_regex\": \"(\""));
        server.awaitSummaries(6);
        telemetry.events().modelLoaded(TestModel.NAME, Duration.ofSeconds(1));
        telemetry
                .events()
                .notificationAttempted(
                        ReceiverKind.SLACK, DeliveryOutcome.DELIVERED, Duration.ofSeconds(1), Duration.ofSeconds(2));
        // Shown by the evaluation that has read the requests.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> server.getManagement("/metrics").body().contains("vitrine_slo_burn_rate_ratio{"));
        incident();
    }

    /** One that was acknowledged and resolved: its times have series. */
    private void incident() {
        server.manage("POST", "/api/incidents", "{\"title\":\"slow\",\"severity\":\"P2\"}", "");
        server.manage("POST", "/api/incidents/1/ack", "{}", "");
        server.manage("POST", "/api/incidents/1/state", "{\"state\":\"resolved\"}", "");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> server.getManagement("/metrics").body().contains("phase=\"resolve\",severity=\"P2\""));
    }

    @Override
    public void close() {
        server.close();
        telemetry.close();
        archive.close();
    }
}
