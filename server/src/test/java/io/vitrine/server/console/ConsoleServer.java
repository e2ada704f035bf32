package io.vitrine.server.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.model.SmolLm2;
import org.awaitility.Awaitility;

/** The server with SmolLM2, in a process and data folder of its own; it asks for keys and has prices and two drills. */
final class ConsoleServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final String PRICES = """
        currency: USD
        prices:
          - {model: "*", valid-from: 2026-01-01, input: 0.10, cached-input: 0.05, output: 0.40}
        """;
    /** Two drills: one is acknowledged and worked on as an incident, the other is silenced. */
    private static final String ALERTS = """
        rules:
          - alert: FireDrill
            severity: P1
            expr: "vector(1)"
            fires: "> 0"
            clears: "< 0"
            for: 0s
            clear-for: 0s
            labels: {area: drill}
            summary: "a drill of the way to the pager"
            action: "Acknowledge it."
            runbook: requests-refused
          - alert: SilentDrill
            severity: P2
            expr: "vector(1)"
            fires: "> 0"
            clears: "< 0"
            for: 0s
            clear-for: 0s
            labels: {area: drill}
            summary: "a drill to be silenced"
            action: "Silence it."
            runbook: requests-refused
        """;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path folder;
    private final int port = freePort();
    private final int managementPort = freePort();
    private final String adminKey;
    private final Process process;

    private ConsoleServer(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Path model = SmolLm2.gguf();
        Path prices = Files.writeString(folder.resolve("prices.yaml"), PRICES);
        Path alerts = Files.writeString(folder.resolve("alerts.yaml"), ALERTS);
        Process maker = java(
                        "keys",
                        "create",
                        "--tenant",
                        "default",
                        "--name",
                        "operator",
                        "--scopes",
                        "admin,read-telemetry,infer")
                .redirectOutput(folder.resolve("key").toFile())
                .redirectError(folder.resolve("key-errors").toFile())
                .start();
        if (!maker.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS) || maker.exitValue() != 0) {
            throw new IllegalStateException("no key: " + Files.readString(folder.resolve("key-errors")));
        }
        adminKey = Files.readString(folder.resolve("key")).strip();
        process = java(
                        "serve",
                        "--model=" + model,
                        "--port=" + port,
                        "--management-port=" + managementPort,
                        "--set=tenants.keys-required=true",
                        "--set=prices.file=" + prices,
                        "--set=prices.machine-hour=0.35",
                        "--set=alerts.file=" + alerts,
                        "--set=alerts.interval=1s",
                        "--set=store.sample-interval=1s",
                        "--set=telemetry.traces.ratio=1",
                        "--set=engine.slots=4")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    /** Starts it in that folder and waits until it can answer. */
    static ConsoleServer start(Path folder) throws IOException, InterruptedException {
        ConsoleServer started = new ConsoleServer(folder);
        Awaitility.await("the server's health")
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .until(started::answersOrHasEnded);
        if (!started.process.isAlive()) {
            throw new IllegalStateException("the server ended: " + Files.readString(folder.resolve("output")));
        }
        return started;
    }

    private ProcessBuilder java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.vitrine.server.Main"));
        command.addAll(List.of(arguments));
        command.add("--data=" + folder.resolve("data"));
        return new ProcessBuilder(command);
    }

    private boolean answersOrHasEnded() throws IOException, InterruptedException {
        try {
            return !process.isAlive()
                    || client.send(
                                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                                                    .build(),
                                            BodyHandlers.discarding())
                                    .statusCode()
                            == 200;
        } catch (ConnectException e) {
            return false;
        }
    }

    /** A key of the default tenant that may do everything. */
    String adminKey() {
        return adminKey;
    }

    /** The address of a page, {@code requests?t=1h}. */
    String page(String page) {
        return management() + "/console/#/" + page;
    }

    String management() {
        return "http://127.0.0.1:" + managementPort;
    }

    /** A request to the management port with the administrator's key. */
    JsonNode manage(String method, String path, Map<String, Object> body) throws IOException, InterruptedException {
        return send(method, management() + path, adminKey, body);
    }

    /** A key of that tenant, which is added if there is none. */
    String keyOf(String tenant, String... scopes) throws IOException, InterruptedException {
        manage("PUT", "/api/tenants/" + tenant, Map.of("budget", Map.of("day", 5, "currency", "USD")));
        return manage("POST", "/api/keys", Map.of("tenant", tenant, "scopes", List.of(scopes)))
                .path("key")
                .asText();
    }

    /** A chat of at most that many tokens. @return its request's id */
    String chat(String key, String prompt, int tokens, String userAgent) throws IOException, InterruptedException {
        Map<String, Object> body = Map.of(
                "model",
                model(key),
                "max_tokens",
                tokens,
                "temperature",
                0,
                "messages",
                List.of(Map.of("role", "user", "content", prompt)));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json")
                .header("user-agent", userAgent)
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        return response.headers().firstValue("x-request-id").orElseThrow();
    }

    private String model(String key) throws IOException, InterruptedException {
        return send("GET", "http://127.0.0.1:" + port + "/v1/models", key, Map.of())
                .path("data")
                .path(0)
                .path("id")
                .asText();
    }

    private JsonNode send(String method, String address, String key, Map<String, Object> body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json")
                .method(
                        method,
                        method.equals("GET")
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IllegalStateException(method + " " + address + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
