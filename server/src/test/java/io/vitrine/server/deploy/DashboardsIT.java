package io.vitrine.server.deploy;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.FakeDriver;
import io.vitrine.gpu.GpuProbe;
import io.vitrine.server.FullServer;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.deploy.DashboardDocuments.Panel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Every query of the dashboards, asked of a real Prometheus that scraped the real server under traffic, has data. */
class DashboardsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void everyQueryOfEveryPanelHasData() throws Exception {
        String program = Programs.find("prometheus");
        FakeDriver driver = FakeDriver.oneGpu();
        try (FullServer full = new FullServer(TestTelemetry.settings(), folder)) {
            TestServer server = full.server();
            full.load();
            int port = Programs.freePort();
            Process prometheus = start(program, server.server().managementPort(), port);
            try (GpuProbe probe = full.watch(driver)) {
                await().until(() -> !probe.snapshot().gpus().isEmpty());
                driver.set("@1 event gpu0 xid=31").at(2);
                await().until(() ->
                        !ask(port, "vitrine_requests_total").at("/data/result").isEmpty());
                full.failure();
                await("data for every query")
                        .atMost(LIMIT)
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(() -> {
                            full.traffic();
                            assertThat(withoutData(port)).isEmpty();
                        });
            } finally {
                prometheus.destroy();
                assertThat(prometheus.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }

    private Map<String, String> withoutData(int port) throws IOException, InterruptedException {
        Map<String, String> empty = new TreeMap<>();
        for (var dashboard : DashboardDocuments.panels().entrySet()) {
            for (Panel panel : dashboard.getValue()) {
                for (String query : panel.queries().values()) {
                    JsonNode answer = ask(port, query.replace("$window", "1m"));
                    if (!hasNumber(answer)) {
                        empty.put(dashboard.getKey() + " / " + panel.title() + ": " + query, answer.toString());
                    }
                }
            }
        }
        return empty;
    }

    private static boolean hasNumber(JsonNode answer) {
        for (JsonNode series : answer.at("/data/result")) {
            if (!series.at("/value/1").asText().equals("NaN")) {
                return true;
            }
        }
        return false;
    }

    private JsonNode ask(int port, String query) throws IOException, InterruptedException {
        URI address = URI.create(
                "http://127.0.0.1:" + port + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        return TestServer.parse(client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body());
    }

    private Process start(String program, int scraped, int port) throws IOException {
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global:
                  scrape_interval: 500ms
                  scrape_timeout: 500ms
                scrape_configs:
                  - job_name: vitrine
                    static_configs:
                      - targets: ['127.0.0.1:%d']
                """.formatted(scraped));
        return new ProcessBuilder(
                        program,
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.out").toFile())
                .start();
    }
}
