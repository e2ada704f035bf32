package io.vitrine.server.tracing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TracingStats;
import io.vitrine.observability.catalogue.SpanLoss;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.vitrine.server.tracing.TracesTest.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Traces as the real back-ends show them: Jaeger by OTLP over gRPC, the Collector by OTLP over HTTP, Zipkin. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BackEndsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** Each span and its parent. */
    private static final Map<String, String> TREE = Map.ofEntries(
            Map.entry("gateway_request", ""),
            Map.entry("queue_enqueue", "gateway_request"),
            Map.entry("inference_process", "gateway_request"),
            Map.entry("model_generate", "inference_process"),
            Map.entry("prefill", "model_generate"),
            Map.entry("decode", "model_generate"),
            Map.entry("token_sampling", "decode"),
            Map.entry("response_formatting", "gateway_request"));

    @Test
    void jaegerShowsTheWholeTree() throws IOException {
        int otlp = BackEnd.freePort();
        int query = BackEnd.freePort();
        List<String> command = List.of(
                BackEnd.program("VITRINE_TEST_JAEGER"),
                "--collector.otlp.grpc.host-port=127.0.0.1:" + otlp,
                "--collector.otlp.http.host-port=127.0.0.1:0",
                "--collector.http-server.host-port=127.0.0.1:0",
                "--collector.grpc-server.host-port=127.0.0.1:0",
                "--query.http-server.host-port=127.0.0.1:" + query,
                "--query.grpc-server.host-port=127.0.0.1:" + BackEnd.freePort(),
                "--admin.http.host-port=127.0.0.1:0");
        try (BackEnd jaeger = new BackEnd(command)) {
            jaeger.awaitAnswer("http://127.0.0.1:" + query + "/api/services");
            String traceId = traceOfAChat(Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    "http://127.0.0.1:" + otlp,
                    "OTEL_EXPORTER_OTLP_PROTOCOL",
                    "grpc",
                    "OTEL_SERVICE_NAME",
                    "vitrine-test"));
            String address = "http://127.0.0.1:" + query + "/api/traces/" + traceId;
            await().atMost(LIMIT).until(() -> !jaeger.get(address).isEmpty());
            JsonNode trace = TestServer.parse(jaeger.get(address)).at("/data/0");

            Map<String, String> names = new HashMap<>();
            trace.get("spans")
                    .forEach(span -> names.put(
                            span.get("spanID").asText(),
                            span.get("operationName").asText()));
            Map<String, String> parents = new HashMap<>();
            trace.get("spans")
                    .forEach(span -> parents.put(
                            span.get("operationName").asText(),
                            names.getOrDefault(span.at("/references/0/spanID").asText(), "")));
            assertThat(parents).containsAllEntriesOf(TREE);
            assertThat(trace.at("/processes/p1/serviceName").asText()).isEqualTo("vitrine-test");
        }
    }

    @ParameterizedTest
    @CsvSource({"grpc, ''", "http, /protobuf"})
    void theCollectorTakesAllThreeSignalsOfOneResource(String protocol, String encoding) throws IOException {
        int otlp = BackEnd.freePort();
        Path config = Files.writeString(folder.resolve("collector.yaml"), """
                receivers:
                  otlp: {protocols: {%s: {endpoint: "127.0.0.1:%d"}}}
                exporters:
                  debug: {verbosity: detailed}
                service:
                  telemetry: {metrics: {level: none}}
                  pipelines:
                    traces: {receivers: [otlp], exporters: [debug]}
                    metrics: {receivers: [otlp], exporters: [debug]}
                    logs: {receivers: [otlp], exporters: [debug]}
                """.formatted(protocol, otlp));
        try (BackEnd collector = new BackEnd(
                List.of(BackEnd.program("VITRINE_TEST_COLLECTOR"), "--config=file:" + config.toAbsolutePath()))) {
            collector.awaitListening(otlp);
            String traceId = traceOfAChat(
                    Map.of(
                            "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + otlp,
                            "OTEL_EXPORTER_OTLP_PROTOCOL", protocol + encoding,
                            "OTEL_SERVICE_NAME", "vitrine-test"),
                    "telemetry.logs.enabled=true",
                    "telemetry.metrics.enabled=true");
            // The telemetry is closed: all of it has been sent.
            await().atMost(LIMIT)
                    .until(() -> collector.output().contains("Name           : gateway_request")
                            && collector.output().contains("EventName: request_completed")
                            && collector.output().contains("-> Name: vitrine.requests\n"));

            String output = collector.output();
            TREE.keySet().forEach(name -> assertThat(output).contains("Name           : " + name));
            assertThat(output).contains("gen_ai.usage.output_tokens: Int(6)", "schemas/gen-ai");
            assertThat(output.lines().filter(line -> line.matches("\\s*Trace ID *: " + traceId)))
                    .as("spans, and the log line, of the request")
                    .hasSizeGreaterThan(TREE.size());
            assertThat(instances(output))
                    .as("resources: one and the same for spans, points and lines")
                    .hasSize(1);
            assertThat(output).contains("service.name: Str(vitrine-test)");
        }
    }

    private static Set<String> instances(String output) {
        return Pattern.compile("service\\.instance\\.id: Str\\(([^)]+)\\)")
                .matcher(output)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    @Test
    void zipkinShowsTheWholeTree() throws IOException {
        int port = BackEnd.freePort();
        String java = ProcessHandle.current().info().command().orElse("java");
        List<String> command =
                List.of(java, "-Xmx256m", "-jar", BackEnd.program("VITRINE_TEST_ZIPKIN"), "--server.port=" + port);
        try (BackEnd zipkin = new BackEnd(command)) {
            zipkin.awaitAnswer("http://127.0.0.1:" + port + "/health");
            String traceId =
                    traceOfAChat(Map.of("OTEL_EXPORTER_ZIPKIN_ENDPOINT", "http://127.0.0.1:" + port + "/api/v2/spans"));
            String address = "http://127.0.0.1:" + port + "/api/v2/trace/" + traceId;
            await().atMost(LIMIT).until(() -> !zipkin.get(address).isEmpty());
            JsonNode spans = TestServer.parse(zipkin.get(address));

            Map<String, String> names = new HashMap<>();
            spans.forEach(
                    span -> names.put(span.get("id").asText(), span.get("name").asText()));
            Map<String, String> parents = new HashMap<>();
            spans.forEach(span -> parents.put(
                    span.get("name").asText(),
                    names.getOrDefault(span.path("parentId").asText(), "")));
            assertThat(parents).containsAllEntriesOf(TREE);
        }
    }

    @Test
    void aBackEndThatIsDownCostsNoRequestAndTheLossIsCounted() {
        Telemetry telemetry =
                telemetry(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + BackEnd.freePort()));
        int requests = 20;
        try (TestServer server = TestServer.start(telemetry, 4)) {
            for (int i = 0; i < requests; i++) {
                server.json(TestServer.CHAT, chat("^", ""));
            }
        }
        telemetry.close();
        TracingStats stats = telemetry.tracingStats().orElseThrow();
        assertThat(stats.exportedSpans()).isZero();
        assertThat(stats.lostSpans(SpanLoss.EXPORT_FAILED) + stats.lostSpans(SpanLoss.SHUTDOWN))
                .isGreaterThanOrEqualTo(TREE.size() * (long) requests);
        assertThat(stats.waitingSpans()).isZero();
    }

    private String traceOfAChat(Map<String, String> variables, String... settings) {
        Telemetry telemetry = telemetry(variables, settings);
        try (TestServer server = TestServer.start(telemetry, 4)) {
            server.json(TestServer.CHAT, chat("^", ""));
            return server.awaitSummaries(1).get(0).trace().orElseThrow().traceId();
        } finally {
            telemetry.close();
        }
    }

    /** Traces, all of them kept, and what {@code settings} switch on. */
    private Telemetry telemetry(Map<String, String> variables, String... settings) {
        List<Setting> all = Stream.concat(
                        Stream.of(
                                "data=" + folder,
                                "telemetry.traces.ratio=1",
                                "telemetry.logs.enabled=false",
                                "telemetry.metrics.enabled=false"),
                        Stream.of(settings))
                .map(ConfigReader::parseSet)
                .toList();
        return TestTelemetry.of(
                new ConfigReader(variables).read(Optional.empty(), all).config());
    }
}
