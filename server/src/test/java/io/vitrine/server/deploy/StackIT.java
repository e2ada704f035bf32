package io.vitrine.server.deploy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The compose stack's processes with its files, addresses aside: a request and a fault arrive at each. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class StackIT {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Process> started = new ArrayList<>();
    private int jaegerOtlp;

    @AfterEach
    void stopAll() throws InterruptedException {
        for (Process process : started) {
            process.destroy();
        }
        for (Process process : started) {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void traceLogMetricAndAlertArrive() throws Exception {
        String jaegerProgram = Programs.tool("VITRINE_TEST_JAEGER");
        String collectorProgram = Programs.tool("VITRINE_TEST_COLLECTOR");
        int jaeger = jaeger(jaegerProgram);
        int otlp = collector(collectorProgram);
        Telemetry telemetry = TestTelemetry.of(new ConfigReader(Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + otlp,
                        "OTEL_EXPORTER_OTLP_PROTOCOL",
                        "http/protobuf",
                        "OTEL_METRICS_EXPORTER",
                        "none"))
                .read(
                        Optional.empty(),
                        Stream.of("data=" + folder, "telemetry.traces.ratio=1")
                                .map(ConfigReader::parseSet)
                                .toList())
                .config());
        try (telemetry;
                TestServer server = TestServer.start(telemetry, 2)) {
            int alertmanager = alertmanager();
            String key = server.keyOf(Tenant.unlimited("ops"), Scope.READ_TELEMETRY);
            int prometheus = prometheus(server.server().managementPort(), key, alertmanager);
            String id = server.post(TestServer.CHAT, BODY)
                    .headers()
                    .firstValue("x-request-id")
                    .orElseThrow();
            String trace = server.awaitSummaries(1).get(0).trace().orElseThrow().traceId();

            await("the metric")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(query(prometheus, "vitrine_requests_total{outcome=\"completed\"}"))
                            .isNotEmpty());
            telemetry.events().faulted("test", new IllegalStateException("a fault on purpose"));

            await("the trace")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() ->
                            assertThat(get(jaeger, "/api/traces/" + trace)).contains("gateway_request"));
            await("the log line").atMost(LIMIT).untilAsserted(() -> assertThat(output("collector"))
                    .contains(id));
            await("the alert, of the shipped rules, in Alertmanager")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() ->
                            assertThat(get(alertmanager, "/api/v2/alerts")).contains("\"alertname\":\"ServerFaults\""));
        }
    }

    private int jaeger(String program) throws IOException {
        int query = Programs.freePort();
        jaegerOtlp = Programs.freePort();
        start(
                "jaeger",
                Map.of(),
                program,
                "--collector.otlp.grpc.host-port=127.0.0.1:" + jaegerOtlp,
                "--collector.otlp.http.host-port=127.0.0.1:0",
                "--collector.http-server.host-port=127.0.0.1:0",
                "--collector.grpc-server.host-port=127.0.0.1:0",
                "--query.http-server.host-port=127.0.0.1:" + query,
                "--query.grpc-server.host-port=127.0.0.1:" + Programs.freePort(),
                "--admin.http.host-port=127.0.0.1:0");
        awaitAnswer(query, "/api/services");
        return query;
    }

    private int collector(String program) throws IOException {
        int otlp = Programs.freePort();
        int health = Programs.freePort();
        start(
                "collector",
                Map.of(
                        "JAEGER_ENDPOINT", "127.0.0.1:" + jaegerOtlp,
                        "HEALTH_ENDPOINT", "127.0.0.1:" + health,
                        "OTLP_GRPC_ENDPOINT", "127.0.0.1:" + Programs.freePort(),
                        "OTLP_HTTP_ENDPOINT", "127.0.0.1:" + otlp),
                program,
                "--config",
                Programs.DEPLOY.resolve("collector").resolve("stack.yaml").toString());
        awaitAnswer(health, "/");
        return otlp;
    }

    private int alertmanager() throws IOException {
        int port = Programs.freePort();
        start(
                "alertmanager",
                Map.of(),
                Programs.find("prometheus-alertmanager"),
                "--config.file=" + Programs.DEPLOY.resolve("alertmanager").resolve("alertmanager.yml"),
                "--storage.path=" + folder.resolve("alertmanager"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address=");
        awaitAnswer(port, "/-/ready");
        return port;
    }

    private int prometheus(int scraped, String key, int alertmanager) throws IOException {
        Path shipped = Programs.DEPLOY.resolve("prometheus");
        String config = Files.readString(shipped.resolve("prometheus.yml"))
                .replace("alertmanager:9093", "127.0.0.1:" + alertmanager)
                .replace("vitrine:8081", "127.0.0.1:" + scraped)
                .replace(": 5s", ": 1s");
        Files.writeString(folder.resolve("prometheus.yml"), config);
        Files.copy(shipped.resolve("rules.yml"), folder.resolve("rules.yml"));
        Files.createDirectories(folder.resolve("keys"));
        Files.writeString(folder.resolve("keys").resolve("telemetry"), key);
        int port = Programs.freePort();
        start(
                "prometheus",
                Map.of(),
                Programs.find("prometheus"),
                "--config.file=" + folder.resolve("prometheus.yml"),
                "--storage.tsdb.path=" + folder.resolve("prometheus"),
                "--web.listen-address=127.0.0.1:" + port,
                "--enable-feature=exemplar-storage");
        awaitAnswer(port, "/-/ready");
        return port;
    }

    private void start(String name, Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        started.add(builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .start());
    }

    private String output(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".out"));
    }

    private void awaitAnswer(int port, String path) {
        Process process = started.get(started.size() - 1);
        await(path).atMost(LIMIT).pollInterval(Duration.ofMillis(200)).until(() -> {
            assertThat(process.isAlive()).as("the process of " + path).isTrue();
            try {
                return send(port, path).statusCode() == 200;
            } catch (ConnectException e) {
                return false;
            }
        });
    }

    private JsonNode query(int port, String query) throws IOException, InterruptedException {
        return TestServer.parse(get(port, "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)))
                .at("/data/result");
    }

    private String get(int port, String path) throws IOException, InterruptedException {
        return send(port, path).body();
    }

    private HttpResponse<String> send(int port, String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + port + path);
        return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }
}
