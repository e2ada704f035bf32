package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;

/** One launch of the server, with a data folder of its own, and the sink that it exports to. */
final class ServerUnderTest implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 50;

    /** A sixth of the default: else most blocks would have no export of meters. */
    private static final String EXPORT_MILLIS = "10000";

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ASK_LIMIT).build();
    private final ChildProcess server;
    private final URI sink;
    private final int apiPort;
    private final int managementPort;

    /** What the server's process has used so far. */
    record Use(long cpuNanos, long allocatedBytes, long gcNanos, long engineSteps) {}

    /**
     * Starts a server and waits until it answers.
     *
     * @param command how to serve, without ports and data folder
     * @param folder of this launch; gets the server's output and data
     * @param models model cache to use, if it exists
     * @param sink base address
     */
    ServerUnderTest(List<String> command, Path folder, Path models, URI sink) throws IOException {
        this.sink = sink;
        Path data = Files.createDirectories(folder.resolve("data"));
        if (Files.isDirectory(models)) {
            Files.createSymbolicLink(data.resolve("models"), models.toAbsolutePath());
        }
        apiPort = freePort();
        managementPort = freePort();
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(
                "--port",
                String.valueOf(apiPort),
                "--management-port",
                String.valueOf(managementPort),
                "--data",
                data.toString()));
        server = new ChildProcess(
                whole,
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        sink.toString(),
                        "OTEL_EXPORTER_OTLP_PROTOCOL",
                        "http/protobuf",
                        "OTEL_METRIC_EXPORT_INTERVAL",
                        EXPORT_MILLIS),
                folder.resolve("server.log"));
        try {
            awaitReady();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (!server.isAlive()) {
                throw new IllegalArgumentException("the server has ended:\n" + server.lastWords());
            }
            if (isReady()) {
                return;
            }
            pause();
        }
        throw new IOException(
                "the server is not ready after " + START_LIMIT.toSeconds() + " s:\n" + server.lastWords());
    }

    private boolean isReady() throws InterruptedIOException {
        try {
            return send(HttpRequest.newBuilder(api().resolve("/health"))).statusCode() == 200;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the server starts");
        }
    }

    URI api() {
        return URI.create("http://127.0.0.1:" + apiPort);
    }

    private URI management(String path) {
        return URI.create("http://127.0.0.1:" + managementPort + path);
    }

    /** The name of the model that it serves. */
    String model() throws IOException {
        return json(get(api().resolve("/v1/models"))).at("/data/0/id").asText();
    }

    /** Parts of telemetry that it has. With all of them on, as at a start. */
    List<String> parts() throws IOException {
        JsonNode switches = json(get(management("/api/telemetry/switches"))).path("switches");
        List<String> parts = new ArrayList<>();
        switches.properties().forEach(part -> {
            if (part.getValue().asBoolean()) {
                parts.add(part.getKey());
            }
        });
        return parts;
    }

    /** Switches the server, and the sink. */
    void switchTo(Arm arm, List<String> parts) throws IOException {
        get(sink.resolve(arm.deadExporter() ? Sink.DEAD : Sink.ALIVE));
        Map<String, Boolean> wanted = arm.switches();
        wanted.keySet().retainAll(new TreeSet<>(parts));
        String body = RawData.JSON.writeValueAsString(Map.of("switches", wanted));
        HttpResponse<String> response = send(HttpRequest.newBuilder(management("/api/telemetry/switches"))
                .header("content-type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body)));
        require(response);
    }

    /** Keeps every trace, as the most that tracing can cost. */
    void keepEveryTrace() throws IOException {
        HttpResponse<String> response = send(HttpRequest.newBuilder(management("/api/telemetry/tracing"))
                .header("content-type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(
                        "{\"ratio\":1,\"adaptive_ratio\":1,\"spans_per_second\":10000000}")));
        if (response.statusCode() != 404) { // traces may be off in the configuration
            require(response);
        }
    }

    Use use() throws IOException {
        JsonNode use = json(get(management("/api/process")));
        return new Use(
                use.path("cpu_nanos").asLong(),
                use.path("allocated_bytes").asLong(-1),
                use.path("gc_nanos").asLong(),
                use.path("engine_steps").asLong());
    }

    /** Exports that the sink took so far. */
    long sinkRequests() throws IOException {
        return json(get(sink.resolve(Sink.COUNTS))).path("requests").asLong();
    }

    private HttpResponse<String> get(URI address) throws IOException {
        HttpResponse<String> response = send(HttpRequest.newBuilder(address));
        require(response);
        return response;
    }

    private static void require(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException(response.uri() + " answered " + response.statusCode() + ": " + response.body());
        }
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return RawData.JSON.readTree(response.body());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.timeout(ASK_LIMIT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking the server");
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
