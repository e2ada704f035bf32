package io.vitrine.server.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.config.ConfigReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Meters are read from another thread every 10 ms, while the server starts. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReaderStartTest {

    private final AtomicInteger exports = new AtomicInteger();

    @TempDir
    private Path folder;

    private HttpServer collector;

    @BeforeEach
    void listen() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/metrics", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exports.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @Test
    void readersStartAfterEverythingThatTheyRead() {
        Telemetry telemetry = telemetry();
        assertThat(exports).as("before there is a server").hasValue(0);
        try (TestServer server = TestServer.start(telemetry, 4)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> exports.get() >= 3);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
        } finally {
            telemetry.close();
        }
    }

    private Telemetry telemetry() {
        Map<String, String> environment = Map.of(
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
                "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/metrics",
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "http/protobuf",
                "OTEL_METRIC_EXPORT_INTERVAL",
                "10");
        return TestTelemetry.of(new ConfigReader(environment)
                .read(
                        Optional.empty(),
                        Stream.of("data=" + folder, "telemetry.logs.enabled=false")
                                .map(ConfigReader::parseSet)
                                .toList())
                .config());
    }
}
