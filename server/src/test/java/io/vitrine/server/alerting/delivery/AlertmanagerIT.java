package io.vitrine.server.alerting.delivery;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vitrine.alerting.routing.Notification;
import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.server.alerting.Messages;
import io.vitrine.server.alerting.NotificationJson;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import io.vitrine.store.ledger.OutboxMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/** A real Alertmanager gets alerts, keeps them while they fire and ends them when they are resolved. */
@Timeout(120)
class AlertmanagerIT {

    private static final String ALERTMANAGER = "prometheus-alertmanager";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void requireAlertmanager() {
        boolean there = Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(path -> Files.isExecutable(Path.of(path, ALERTMANAGER)));
        if ("true".equals(System.getenv("CI"))) {
            assertThat(there).as("continuous integration needs " + ALERTMANAGER).isTrue();
        }
        assumeThat(there)
                .as(ALERTMANAGER + " on the PATH (apt-get install prometheus-alertmanager)")
                .isTrue();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Process alertmanager(int port) throws IOException {
        Path config = Files.writeString(
                folder.resolve("alertmanager.yml"), "route: {receiver: none}\nreceivers: [{name: none}]\n");
        return new ProcessBuilder(
                        ALERTMANAGER,
                        "--config.file=" + config,
                        "--storage.path=" + folder.resolve("alertmanager"),
                        "--cluster.listen-address=",
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("alertmanager.log").toFile())
                .start();
    }

    private JsonNode activeAlerts(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/v2/alerts?active=true"))
                .timeout(Duration.ofSeconds(5))
                .build();
        return new ObjectMapper()
                .readTree(client.send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    private static void add(Ledger ledger, Delivery delivery, Kind kind, List<Alert> firing, List<Alert> resolved) {
        Notification notification = Messages.notification("central", Messages.GROUP, kind, firing, resolved);
        ledger.outbox()
                .add(new OutboxMessage(
                        "central",
                        Messages.GROUP,
                        kind.name(),
                        Clock.systemUTC().millis(),
                        NotificationJson.write(notification)))
                .join();
        delivery.wake();
    }

    @Test
    void keepsAnAlertWhileItFiresAndEndsItWhenResolved() throws Exception {
        int port = freePort();
        Process process = alertmanager(port);
        Vertx vertx = Vertx.vertx();
        try (Ledger ledger = Ledger.open(LedgerSettings.in(folder.resolve("ledger")))) {
            AlertmanagerReceiver receiver = new AlertmanagerReceiver(
                    "central",
                    URI.create("http://127.0.0.1:" + port),
                    Optional.empty(),
                    Duration.ofSeconds(3),
                    Optional.empty());
            Delivery delivery = new Delivery(
                    ledger.outbox(),
                    new Receivers(Map.of("central", receiver)),
                    DeliverySettings.usual(Messages.LINKS),
                    LifecycleListener.NONE,
                    Clock.systemUTC(),
                    new Random(7));
            vertx.deployVerticle(delivery)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            add(ledger, delivery, Kind.FIRING, List.of(Messages.alert("m", AlertState.FIRING)), List.of());

            await().atMost(LIMIT).ignoreExceptions().untilAsserted(() -> assertThat(activeAlerts(port))
                    .hasSize(1));
            JsonNode alert = activeAlerts(port).get(0);
            assertThat(alert.at("/labels/model").asText()).isEqualTo("m");
            assertThat(alert.at("/annotations/summary").asText()).isEqualTo("12.50% of the requests to m fail");
            assertThat(alert.at("/generatorURL").asText()).isEqualTo("http://vitrine.example:8081/console");

            // Beyond the first endsAt: it is still there because it was sent again.
            String firstEnd = alert.at("/endsAt").asText();
            await().atMost(LIMIT).untilAsserted(() -> {
                JsonNode now = activeAlerts(port);
                assertThat(now).hasSize(1);
                assertThat(Clock.systemUTC().instant())
                        .isAfter(Instant.parse(firstEnd).plusSeconds(2));
            });

            add(ledger, delivery, Kind.RESOLVED, List.of(), List.of(Messages.alert("m", AlertState.RESOLVED)));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(activeAlerts(port)).isEmpty());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            process.destroyForcibly().waitFor();
        }
    }
}
