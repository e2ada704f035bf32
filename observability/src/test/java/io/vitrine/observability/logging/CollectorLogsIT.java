package io.vitrine.observability.logging;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.catalogue.LostLine;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The OpenTelemetry Collector itself takes our lines, by both protocols, and prints what it understood. */
class CollectorLogsIT {

    private static final Optional<String> COLLECTOR = Optional.ofNullable(System.getenv("VITRINE_TEST_COLLECTOR"));
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @BeforeAll
    static void requireTheCollector() {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(COLLECTOR).as("CI gives VITRINE_TEST_COLLECTOR").isPresent();
        }
        Assumptions.assumeTrue(COLLECTOR.isPresent(), "set VITRINE_TEST_COLLECTOR to an OpenTelemetry Collector");
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void theCollectorTakesEveryLine(Protocol protocol) throws IOException {
        int port = freePort();
        Path output = directory.resolve("collector.log");
        Process collector = start(protocol, port, output);
        try (Logging logging = Logging.start(settings(protocol, port), "vitrine", new FakeClock())) {
            await().atMost(LIMIT).until(() -> listens(port));
            logging.requestListener().ended(Summaries.completed());
            logging.lifecycleListener().modelLoadFailed("m", Duration.ofMillis(7), new IOException("no such file"));

            await().atMost(LIMIT).until(() -> Files.readString(output).contains("no such file"));
            assertThat(logging.lostLineCount(LostLine.EXPORT_FAILED)).isZero();
        } finally {
            collector.destroy();
        }

        assertThat(Files.readString(output))
                .contains(
                        "service.name: Str(vitrine-it)",
                        "EventName: request_completed",
                        "SeverityText: ERROR",
                        "-> request_id: Str(req-1)",
                        "-> output_tokens: Int(16)",
                        "-> streamed: Bool(true)",
                        "-> duration_ms: Double(1234.567891)",
                        "-> exception_type: Str(java.io.IOException)");
    }

    private Process start(Protocol protocol, int port, Path output) throws IOException {
        String name = protocol == Protocol.GRPC ? "grpc" : "http";
        Path config = Files.writeString(directory.resolve("collector.yaml"), """
                receivers:
                  otlp:
                    protocols:
                      %s: {endpoint: "127.0.0.1:%d"}
                exporters:
                  debug: {verbosity: detailed}
                service:
                  telemetry:
                    metrics: {level: none}
                  pipelines:
                    logs: {receivers: [otlp], exporters: [debug]}
                """.formatted(name, port));
        return new ProcessBuilder(COLLECTOR.orElseThrow(), "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private LogSettings settings(Protocol protocol, int port) {
        String path = protocol == Protocol.GRPC ? "" : "/v1/logs";
        OtlpSettings target = new OtlpSettings(
                URI.create("http://127.0.0.1:" + port + path),
                protocol,
                true,
                Map.of(),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1));
        return LogSettings.in(directory)
                .withConsole(ConsoleFormat.OFF)
                .withOtlp(Optional.of(target), new ResourceAttributes(Map.of("service.name", "vitrine-it")));
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
