package io.vitrine.server.logs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the log tells of requests to the real server; every line of every test is held to the schema. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LogStoryTest {

    private static final String CHAT =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";
    private static final String STREAM = CHAT.replace("{\"model\"", "{\"stream\":true,\"model\"");
    private static final String ENDLESS = STREAM.replace("^", "hi");

    @TempDir
    private Path directory;

    @Test
    void tellsAnAnsweredRequestFromItsHeadToItsEnd() {
        assertThat(story(LogLevel.DEBUG, server -> post(server, "answered", CHAT)))
                .containsEntry(
                        "answered",
                        List.of("request_received", "inference_started", "inference_completed", "request_completed"));
    }

    @Test
    void tellsTheTerminalLineAloneByDefault() {
        assertThat(story(LogLevel.INFO, server -> post(server, "answered", CHAT)))
                .containsEntry("answered", List.of("request_completed"));
    }

    @Test
    void tellsOfRefusedRequestsThatTheyCameAndThatTheyEnded() {
        Map<String, List<String>> stories = story(LogLevel.DEBUG, server -> {
            post(server, "malformed", "{");
            post(server, "unknown-model", CHAT.replace("test/model", "other"));
            server.send(HttpRequest.newBuilder(server.uri("/nothing"))
                    .header("x-request-id", "nowhere")
                    .build());
            server.send(HttpRequest.newBuilder(server.uri(TestServer.CHAT))
                    .header("x-request-id", "method")
                    .build());
        });

        assertThat(stories).hasSize(4).allSatisfy((id, story) -> assertThat(story)
                .containsExactly("request_received", "request_completed"));
    }

    @Test
    void tellsAFullQueueBetweenArrivalAndEnd() {
        assertThat(story(LogLevel.DEBUG, server -> {
                    var gate = server.runner().holdAt(0);
                    var running = server.postAsync(TestServer.CHAT, CHAT);
                    gate.awaitReached();
                    var waiting = server.postAsync(TestServer.CHAT, CHAT);
                    await().until(() -> server.engine().waitingCount() == 1);
                    post(server, "excess", CHAT);
                    gate.release();
                    running.join();
                    waiting.join();
                }))
                .containsEntry("excess", List.of("request_received", "queue_full", "request_completed"));
    }

    @Test
    void tellsTheEndOfTheInferenceOfRequestsThatFailOrRunOutOfTime() {
        Map<String, List<String>> stories = story(LogLevel.DEBUG, server -> {
            server.runner().failAt(2);
            post(server, "failed", CHAT);
            var gate = server.runner().holdAt(6);
            var late = server.client().sendAsync(request(server, "late", ENDLESS), BodyHandlers.ofString());
            gate.awaitReached();
            server.advance(Duration.ofMinutes(11));
            gate.release();
            late.join();
        });

        assertThat(stories.keySet()).containsExactlyInAnyOrder("failed", "late");
        assertThat(stories).allSatisfy((id, story) -> assertThat(story)
                .containsExactly("request_received", "inference_started", "inference_completed", "request_completed"));
    }

    @Test
    void tellsOfAClientThatLeaves() {
        assertThat(story(LogLevel.DEBUG, server -> {
                    var gate = server.runner().holdAt(2);
                    leave(server, "gone", ENDLESS, gate::awaitReached);
                    server.awaitNoConnection();
                    gate.release();
                    server.awaitSummaries(1);
                }))
                .containsEntry(
                        "gone",
                        List.of("request_received", "inference_started", "inference_completed", "request_completed"));
    }

    /** The same facts in the answer, the summary and both lines. */
    @Test
    void agreesWithTheAnswerToTheToken() {
        RequestSummary summary;
        try (Telemetry telemetry = LogLines.telemetry(directory, LogLevel.DEBUG, ConsoleFormat.OFF)) {
            try (TestServer server = TestServer.start(telemetry, 4)) {
                server.json(TestServer.CHAT, CHAT.replace("{\"model\"", "{\"n\":2,\"model\""));
                summary = server.awaitSummaries(1).get(0);
            }
        }

        for (String event : List.of("inference_completed", "request_completed")) {
            JsonNode line = only(event);
            assertThat(line.path("output_tokens").asInt())
                    .isEqualTo(summary.tokens().output());
            assertThat(line.path("input_tokens").asInt())
                    .isEqualTo(summary.tokens().input());
            assertThat(line.path("choices").asInt()).isEqualTo(2);
            assertThat(Math.round(line.path("ttft_ms").asDouble() * 1e6))
                    .isEqualTo(summary.timeToFirstTokenNanos().orElseThrow());
        }
        assertThat(only("inference_started").path("batch_size").asInt())
                .isEqualTo(only("request_completed").path("batch_size").asInt())
                .isPositive();
        assertThat(only("inference_started").path("queue_time_ms"))
                .isEqualTo(only("request_completed").path("queue_time_ms"));
    }

    /** Terminal lines and summaries are one to one, whatever the ends are. */
    @Test
    void leavesOneTerminalLineForEachRequest() {
        List<RequestSummary> summaries;
        try (Telemetry telemetry = LogLines.telemetry(directory, LogLevel.TRACE, ConsoleFormat.OFF)) {
            TestServer server = TestServer.start(telemetry, 2, "queue.limit=2");
            try {
                sendALot(server);
            } finally {
                server.close();
            }
            summaries = server.summaries();
        }

        List<String> terminal = LogLines.read(directory).stream()
                .filter(line -> line.path("event").asText().equals("request_completed"))
                .map(line ->
                        line.path("request_id").asText() + line.path("outcome").asText())
                .toList();
        assertThat(terminal)
                .hasSizeBetween(55, 60)
                .containsExactlyInAnyOrderElementsOf(summaries.stream()
                        .map(summary -> summary.requestId() + summary.outcome().label())
                        .toList());
    }

    /** 60 requests; of the 5 that are cancelled, one may never have reached the server. */
    private static void sendALot(TestServer server) {
        String longer = ENDLESS.replace("{\"stream\"", "{\"max_tokens\":100,\"stream\"");
        for (int round = 0; round < 20; round++) {
            var first = server.postAsync(TestServer.CHAT, round % 2 == 0 ? STREAM : CHAT);
            var second = server.postAsync(TestServer.CHAT, longer);
            var third = server.postAsync(TestServer.CHAT, round % 3 == 0 ? "{" : CHAT);
            if (round % 4 == 0) {
                second.cancel(true);
            } else {
                second.join();
            }
            first.join();
            third.join();
        }
    }

    /** The events of each request by its id, in the order of the file. */
    private Map<String, List<String>> story(LogLevel level, Consumer<TestServer> requests) {
        try (Telemetry telemetry = LogLines.telemetry(directory, level, ConsoleFormat.OFF)) {
            try (TestServer server = TestServer.start(telemetry, 1, "queue.limit=1")) {
                requests.accept(server);
            }
        }
        return LogLines.read(directory).stream()
                .filter(line -> line.has("request_id"))
                .collect(Collectors.groupingBy(
                        line -> line.path("request_id").asText(),
                        Collectors.mapping(line -> line.path("event").asText(), Collectors.toList())));
    }

    private JsonNode only(String event) {
        List<JsonNode> lines = LogLines.read(directory).stream()
                .filter(line -> line.path("event").asText().equals(event))
                .toList();
        assertThat(lines).as(event).hasSize(1);
        return lines.get(0);
    }

    private static void post(TestServer server, String id, String body) {
        server.send(request(server, id, body));
    }

    private static HttpRequest request(TestServer server, String id, String body) {
        return server.postRequest(TestServer.CHAT, body)
                .header("x-request-id", id)
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    /** Sends a request, waits, and closes the connection. */
    private static void leave(TestServer server, String id, String body, Runnable waiting) {
        try (Socket socket = server.socket()) {
            String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "X-Request-Id: " + id + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            waiting.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
