package io.vitrine.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuProbe;
import io.vitrine.gpu.GpuProbeSettings;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A process whose standard output is a full pipe that nobody reads. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BlockedOutputTest {

    /** Each leaves two lines of 300 bytes and more: more than a pipe of 64 KiB and the queue can hold. */
    private static final int REQUESTS = 200;

    private static final int CONSOLE_QUEUE = 16;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void theFileKeepsEveryLineAndSigtermEndsTheProcess() throws Exception {
        Process server = start();
        try {
            List<String> ports = ports(server);
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(get(ports.get(0), "/v1/nothing").statusCode()).isEqualTo(404);
            }
            String scrape = get(ports.get(1), "/metrics").body();

            assertThat(value(scrape, "destination=\"console\",reason=\"queue_full\""))
                    .isGreaterThan(CONSOLE_QUEUE);
            assertThat(value(scrape, "destination=\"file\",reason=\"queue_full\""))
                    .isZero();
            server.destroy();
            assertThat(server.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("ends though nobody has read a byte")
                    .isTrue();
            assertThat(server.exitValue()).as("an orderly end").isZero();
        } finally {
            server.destroyForcibly();
        }
        List<String> events = Files.readAllLines(folder.resolve("logs/vitrine.json")).stream()
                .map(TestServer::parse)
                .map((JsonNode line) -> line.get("event").asText())
                .toList();
        assertThat(events).filteredOn("request_completed"::equals).hasSize(REQUESTS);
        assertThat(events).last().isEqualTo("server_stopped");
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        folder.toString())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private List<String> ports(Process server) {
        Path file = folder.resolve("ports");
        await().atMost(LIMIT).until(() -> Files.exists(file) || !server.isAlive());
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new AssertionError("the server did not start: " + error(), e);
        }
    }

    private String error() {
        try (InputStream err = Files.newInputStream(folder.resolve("err"))) {
            return new String(err.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static HttpResponse<String> get(String port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static double value(String scrape, String labels) {
        String series = "vitrine_log_lost_lines_total{" + labels + "} ";
        return scrape.lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series));
    }

    /** Serves with its log on standard output until SIGTERM, as the command does. */
    static final class Server {

        private Server() {}

        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[0]);
            LogSettings logs = LogSettings.in(folder.resolve("logs"))
                    .withConsole(ConsoleFormat.JSON)
                    .withLevel(LogLevel.DEBUG)
                    .withQueueLimits(8_192, CONSOLE_QUEUE);
            Telemetry telemetry = Telemetry.start(
                    new TelemetrySettings("test", true, true, TestTelemetry.settings(), logs), System::nanoTime);
            TestServer server = TestServer.start(telemetry, 1, "data=" + folder.resolve("data"));
            GpuProbe probe = GpuProbe.start(GpuProbeSettings.DEFAULT, new SystemProbeClock(), GpuListener.NONE);
            SignalStop stop = SignalStop.arm(server.server(), probe, telemetry, Optional.empty());
            Path written = folder.resolve("ports.new");
            Files.write(
                    written,
                    List.of(
                            Integer.toString(server.server().apiPort()),
                            Integer.toString(server.server().managementPort())));
            Files.move(written, folder.resolve("ports"));
            stop.await();
        }
    }
}
