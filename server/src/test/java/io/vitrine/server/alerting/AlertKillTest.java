package io.vitrine.server.alerting;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.alerting.delivery.ScriptedEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code kill -9} of a server with firing alerts: the next one neither repeats nor forgets them. */
@Timeout(120)
class AlertKillTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final ScriptedEndpoint answering = new ScriptedEndpoint(vertx);
    private final ScriptedEndpoint silent = new ScriptedEndpoint(vertx);

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Path rules() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret");
        String rule = """
                  - {alert: %s, severity: P0, expr: max(vitrine_engine_slots), fires: "> 0", summary: s, action: a, runbook: page}
                """;
        String receiver = "  %s: {type: webhook, url: \"%s\", secret-file: \"" + secret + "\"}\n";
        String route = "  - {name: %1$s, match: [alertname=%1$s], receivers: [%2$s], group-wait: 0s}\n";
        return Files.writeString(
                folder.resolve("alerts.yaml"),
                "disabled: [ProcessorSaturated, MemoryNearlyFull, DiskNearlyFull, DiskFillsSoon]\nrules:\n"
                        + rule.formatted("Delivered") + rule.formatted("Waiting") + "receivers:\n"
                        + receiver.formatted("answering", answering.url("/"))
                        + receiver.formatted("silent", silent.url("/")) + "routes:\n"
                        + route.formatted("Delivered", "answering") + route.formatted("Waiting", "silent"));
    }

    private static Set<String> deliveries(ScriptedEndpoint endpoint) {
        return endpoint.seen().stream().map(ScriptedEndpoint.Seen::delivery).collect(Collectors.toSet());
    }

    @Test
    void repeatsAndForgetsNothing() throws Exception {
        silent.then(response -> {});
        String data = folder.resolve("data").toString();
        Path rules = rules();
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        data,
                        rules.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = server.inputReader()) {
            assertThat(output.readLine()).isEqualTo("started");
            await().atMost(LIMIT)
                    .until(() -> !answering.seen().isEmpty() && !silent.seen().isEmpty());
            server.toHandle().destroyForcibly();
        }
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
        long killedMillis = System.currentTimeMillis();

        try (TestServer next = start(data, rules)) {
            await().atMost(LIMIT).until(() -> silent.seen().size() >= 2 && evaluations(next) >= 3);

            assertThat(deliveries(silent)).as("sent again, not anew").hasSize(1);
            assertThat(deliveries(answering)).hasSize(1);
            List<JsonNode> alerts = TestServer.parse(
                            next.getManagement("/api/alerts").body())
                    .get("alerts")
                    .valueStream()
                    .toList();
            assertThat(alerts)
                    .extracting(alert -> alert.get("alert").asText())
                    .containsExactlyInAnyOrder("Delivered", "Waiting");
            assertThat(alerts).allSatisfy(alert -> assertThat(
                            Instant.parse(alert.get("changed").asText()).toEpochMilli())
                    .as("fires since before the kill")
                    .isLessThan(killedMillis));
            assertThat(TestServer.parse(next.getManagement("/api/incidents").body())
                            .get("incidents")
                            .findValuesAsText("state"))
                    .containsOnly("detected");
        }
    }

    private static double evaluations(TestServer server) {
        return server.getManagement("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("vitrine_alerts_evaluation_seconds_count"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static TestServer start(String data, Path rules) {
        return TestServer.start(
                TestTelemetry.metrics(), 1, "data=" + data, "alerts.interval=1s", "alerts.file=" + rules);
    }

    /** Serves until it is killed. */
    static final class Server {

        private Server() {}

        public static void main(String[] arguments) throws InterruptedException {
            try {
                start(arguments[0], Path.of(arguments[1]));
            } catch (RuntimeException e) {
                e.printStackTrace();
                System.exit(1);
            }
            System.out.println("started");
            Thread.currentThread().join();
        }
    }
}
