package io.vitrine.server.metrics;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Route;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TraceIds;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.server.FullServer;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/** A real Prometheus scrapes a real server: what it has stored is what the catalogue promises. */
class PrometheusIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void requirePrometheus() {
        boolean there = Stream.of("prometheus", "promtool").allMatch(PrometheusIT::isInstalled);
        if ("true".equals(System.getenv("CI"))) {
            assertThat(there)
                    .as("continuous integration needs prometheus and promtool")
                    .isTrue();
        }
        assumeThat(there)
                .as("prometheus and promtool on the PATH (apt-get install prometheus)")
                .isTrue();
    }

    @Test
    void storesEveryMeterOfTheCatalogueAndTheTracesThatAreExamples() throws Exception {
        try (FullServer full = new FullServer(TestTelemetry.settings(), folder)) {
            full.load();
            TestServer server = full.server();
            Telemetry telemetry = full.telemetry();
            RequestSummary ended = server.summaries().get(0);
            int port = freePort();
            Process prometheus = prometheus(server.server().managementPort(), port);
            try {
                await("every meter of the catalogue in Prometheus")
                        .atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(250))
                        .untilAsserted(() -> assertThat(missing(names(port))).isEmpty());
                await("the kept trace as an exemplar")
                        .atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(250))
                        .untilAsserted(() -> {
                            endAsKept(telemetry, ended);
                            assertThat(exemplars(port)).contains(TRACE, SPAN);
                        });
                assertThat(ask(port, "/api/v1/query?query=" + encoded("vitrine_requests_total{outcome=\"refused\"}"))
                                .get("data")
                                .get("result"))
                        .singleElement()
                        .satisfies(
                                series -> assertThat(series.get("value").get(1).asText())
                                        .as("a body and a constraint")
                                        .isEqualTo("2"));
            } finally {
                prometheus.destroy();
                assertThat(prometheus.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }

    @Test
    void hasNothingThatPromtoolFindsFaultWith() throws Exception {
        Path text = folder.resolve("metrics.txt");
        try (FullServer full = new FullServer(TestTelemetry.settings(), folder)) {
            full.load();
            Files.writeString(text, full.server().getManagement("/metrics").body());
        }

        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(text.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).isEmpty();
        assertThat(promtool.waitFor()).isZero();
    }

    /** What tracing does with a trace that it keeps. */
    private static void endAsKept(Telemetry telemetry, RequestSummary summary) {
        telemetry
                .requestListener()
                .received(new RequestIdentity("r", Route.CHAT_COMPLETIONS, "default", Optional.empty()));
        telemetry.requestListener().ended(summary.withTrace(new TraceIds(TRACE, SPAN), true));
    }

    private Process prometheus(int scrapedPort, int port) throws IOException {
        Path config = folder.resolve("prometheus.yml");
        Files.writeString(config, """
                global:
                  scrape_interval: 500ms
                  scrape_timeout: 500ms
                scrape_configs:
                  - job_name: vitrine
                    static_configs:
                      - targets: ['127.0.0.1:%d']
                """.formatted(scrapedPort));
        return new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--enable-feature=exemplar-storage")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.out").toFile())
                .start();
    }

    private static Set<String> missing(Set<String> stored) {
        Set<String> missing = new TreeSet<>();
        for (MeterDefinition meter : Meters.all()) {
            String family = meter.prometheusName();
            String series = meter.buckets().isEmpty() ? family : family + "_bucket";
            if (!stored.contains(series)) {
                missing.add(series);
            }
        }
        return missing;
    }

    private Set<String> names(int port) throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        ask(port, "/api/v1/label/__name__/values").get("data").forEach(name -> names.add(name.asText()));
        return names;
    }

    private List<String> exemplars(int port) throws IOException, InterruptedException {
        long now = Instant.now().getEpochSecond();
        JsonNode answer = ask(
                port,
                "/api/v1/query_exemplars?query=gen_ai_server_time_to_first_token_seconds_bucket&start=" + (now - 600)
                        + "&end=" + (now + 60));
        List<String> ids = new ArrayList<>();
        for (JsonNode series : answer.get("data")) {
            for (JsonNode exemplar : series.get("exemplars")) {
                ids.add(exemplar.get("labels").get("trace_id").asText());
                ids.add(exemplar.get("labels").get("span_id").asText());
            }
        }
        return ids;
    }

    private JsonNode ask(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return TestServer.parse(client.send(request, BodyHandlers.ofString()).body());
    }

    private static String encoded(String query) {
        return URLEncoder.encode(query, StandardCharsets.UTF_8);
    }

    private static boolean isInstalled(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
