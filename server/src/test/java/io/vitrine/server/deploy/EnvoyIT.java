package io.vitrine.server.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.model.engine.ScriptedRunner.Gate;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The shipped Envoy configuration, run by Envoy, before two servers. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EnvoyIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String BODY = "{\"model\":\"test/model\",\"stream\":%s,\"max_tokens\":8,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final int port = Programs.freePort();
    private Telemetry telemetry;
    private List<TestServer> servers;
    private Process envoy;
    private List<Gate> gates = List.of();

    @BeforeEach
    void startAll() throws Exception {
        String program = Programs.find("envoy");
        telemetry = TestTelemetry.everything(TestTelemetry.settings(), folder);
        servers = List.of(TestServer.start(telemetry, 4), TestServer.start(Telemetry.off(), 4));
        Path config = Files.writeString(folder.resolve("envoy.yaml"), configuration());
        envoy = new ProcessBuilder(
                        program, "--config-path", config.toString(), "--concurrency", "1", "--log-level", "warn")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("envoy.out").toFile())
                .start();
        try {
            await("both servers answer through Envoy")
                    .atMost(LIMIT)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> ask("first").statusCode() == 200 && seenBy(0, "first") > 0 && seenBy(1, "first") > 0);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(Files.readString(folder.resolve("envoy.out")), e);
        }
    }

    private String configuration() throws IOException {
        String shipped = Files.readString(Programs.DEPLOY.resolve("envoy").resolve("envoy.yaml"));
        String local = shipped.replace("address: 0.0.0.0, port_value: 10000", "address: 127.0.0.1, port_value: " + port)
                .replace("port_value: 9901", "port_value: 0");
        for (int index = 0; index < 2; index++) {
            local = local.replace(
                    "address: vitrine-" + (index + 1) + ", port_value: 8080",
                    "address: 127.0.0.1, port_value: "
                            + servers.get(index).server().apiPort());
        }
        assertThat(local).doesNotContain("vitrine-1", "vitrine-2", "10000", "9901");
        return local;
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        gates.forEach(Gate::release);
        if (envoy != null) {
            envoy.destroy();
            assertThat(envoy.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        if (servers != null) {
            servers.forEach(TestServer::close);
            telemetry.close();
        }
    }

    @Test
    void keepsTheRequestIdAndTheTraceOfTheClient() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        await("a request that the first server, which has a log, has answered")
                .atMost(LIMIT)
                .until(() -> {
                    HttpResponse<String> answer = client.send(
                            request("mine-7", "false")
                                    .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                                    .build(),
                            BodyHandlers.ofString());
                    assertThat(answer.headers().firstValue("x-request-id")).hasValue("mine-7");
                    return log().contains("\"mine-7\"");
                });

        JsonNode line = log().lines()
                .map(TestServer::parse)
                .filter(each -> each.path("request_id").asText().equals("mine-7"))
                .findFirst()
                .orElseThrow();
        assertThat(line.get("trace_id").asText()).isEqualTo(trace);
    }

    @Test
    void passesEachEventAsItComes() throws Exception {
        holdBoth();
        try (BufferedReader events = stream()) {
            assertThat(events.readLine())
                    .as("while the next token is held back")
                    .startsWith("data: {");
            gates.forEach(Gate::release);
            assertThat(events.lines()).contains("data: [DONE]");
        }
    }

    @Test
    void drainsAServerWithoutLosingAStream() throws Exception {
        holdBoth();
        try (BufferedReader events = stream()) {
            assertThat(events.readLine()).startsWith("data: {");
            int busy = servers.get(0).engine().runningCount() == 1 ? 0 : 1;
            gates.get(1 - busy).release();

            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(() -> servers.get(busy).server().stop());
            await().until(() -> servers.get(busy).get("/health").statusCode() == 503);
            for (int request = 0; request < 20; request++) {
                assertThat(ask("while-draining-" + request).statusCode()).isEqualTo(200);
            }
            // A request is counted after its answer is out.
            await().untilAsserted(
                            () -> assertThat(seenBy(1 - busy, "while-draining")).isEqualTo(20));

            gates.get(busy).release();
            assertThat(events.lines()).as("the stream of the server that stops").contains("data: [DONE]");
            stopped.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Both servers stop before their step after the next few, since which one gets the stream is Envoy's choice. */
    private void holdBoth() {
        gates = servers.stream()
                .map(server -> server.runner().holdAt(server.runner().steps().size() + 3))
                .toList();
    }

    private BufferedReader stream() throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                client.send(request("streamed", "true").build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private HttpResponse<String> ask(String id) throws IOException, InterruptedException {
        return client.send(request(id, "false").build(), BodyHandlers.ofString());
    }

    /** Requests with such an id that a server has answered; Envoy's probes are others. */
    private long seenBy(int index, String id) {
        return servers.get(index).summaries().stream()
                .filter(summary -> summary.requestId().startsWith(id))
                .count();
    }

    private HttpRequest.Builder request(String id, String streamed) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + TestServer.CHAT))
                .timeout(LIMIT)
                .header("content-type", "application/json")
                .header("x-request-id", id)
                .POST(BodyPublishers.ofString(BODY.formatted(streamed)));
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("vitrine.json"));
    }
}
