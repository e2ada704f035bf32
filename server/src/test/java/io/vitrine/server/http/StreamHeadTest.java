package io.vitrine.server.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import io.vitrine.observability.Outcome;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** When heads and bodies of answers go out, and to whom: streams, half-closed clients, answers that nobody takes. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class StreamHeadTest {

    private static final String STREAM = "'stream': true";

    @Test
    void theHeadOfAStreamComesBeforeItsFirstToken() throws IOException {
        try (TestServer server = TestServer.start(1)) {
            var gate = server.runner().holdAt(0);
            try (Socket running = server.socket();
                    Socket queued = server.socket()) {
                write(running, chat("^", STREAM));
                gate.awaitReached();
                write(queued, chat("^", STREAM));
                for (Socket socket : List.of(running, queued)) {
                    assertThat(readUntil(socket.getInputStream(), "\r\n\r\n"))
                            .startsWith("HTTP/1.1 200 OK")
                            .contains("x-request-id: ", "text/event-stream");
                }
                gate.release();

                assertThat(readUntil(queued.getInputStream(), "[DONE]")).contains("\"content\":\"A\"");
            }
        }
    }

    @Test
    void anErrorBeforeTheQueueHasItsOwnStatus() {
        try (TestServer server = TestServer.start(1, "queue.limit=0")) {
            var gate = server.runner().holdAt(0);
            var first = server.postAsync(TestServer.CHAT, chat("^", STREAM));
            gate.awaitReached();

            assertThat(server.post(TestServer.CHAT, chat("^", STREAM)).statusCode())
                    .isEqualTo(429);
            assertThat(server.post(TestServer.CHAT, chat("x".repeat(600), STREAM))
                            .statusCode())
                    .isEqualTo(400);
            gate.release();
            assertThat(first.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void anErrorAfterTheHeadIsAnEvent() {
        try (TestServer server = TestServer.start(1, "limits.request-timeout=300ms")) {
            var gate = server.runner().holdAt(0);
            var running = server.postAsync(TestServer.CHAT, chat("^", STREAM));
            gate.awaitReached();
            var queued = server.postAsync(TestServer.CHAT, chat("^", STREAM));
            await().until(() -> server.engine().waitingCount() == 1);
            server.advance(Duration.ofSeconds(1));
            gate.release();

            assertThat(queued.join().statusCode()).isEqualTo(200);
            assertThat(TestServer.records(queued.join().body()))
                    .anyMatch(record -> record.contains("\"code\":\"deadline_exceeded\""))
                    .last()
                    .isEqualTo("[DONE]");
            running.join();
        }
    }

    @Test
    void aQueuedStreamGetsACommentFromTimeToTime() throws IOException {
        try (TestServer server = TestServer.start(1, "http.stream-keep-alive=50ms")) {
            var gate = server.runner().holdAt(0);
            try (Socket socket = server.socket()) {
                write(socket, chat("^", STREAM));
                gate.awaitReached();

                assertThat(readUntil(socket.getInputStream(), ": keep-alive\n\n\r\n"))
                        .contains("\r\n\r\n");
                assertThat(readUntil(socket.getInputStream(), ": keep-alive\n\n\r\n"))
                        .doesNotContain("data:");
                gate.release();
                assertThat(readUntil(socket.getInputStream(), "[DONE]")).contains("data: {");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"'stream': false", "'stream': true", "'stream': true, 'n': 2"})
    void aHalfClosedClientGetsItsWholeAnswer(String form) throws IOException {
        try (TestServer server = TestServer.start()) {
            var gate = server.runner().holdAt(2);
            try (Socket socket = server.socket()) {
                write(socket, chat("^", form));
                gate.awaitReached();
                socket.shutdownOutput();
                // Another client's answer shows that the server has seen what came before.
                server.get("/health");
                server.get("/health");
                gate.release();
                String answer = TestServer.readToEnd(socket.getInputStream());

                assertThat(answer).contains("HTTP/1.1 200 OK");
                assertThat(answer).contains(form.contains("true") ? "[DONE]" : "\"ABCDE");
            }
            assertThat(server.awaitSummaries(3))
                    .extracting(summary -> summary.outcome())
                    .containsOnly(Outcome.COMPLETED);
        }
    }

    @Test
    void pipelinedRequestsOfAHalfClosedClientAreAllAnswered() throws IOException {
        try (TestServer server = TestServer.start();
                Socket socket = server.socket()) {
            String get = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write((get + get + get).getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();

            assertThat(TestServer.readToEnd(socket.getInputStream()).split("HTTP/1.1 200 OK", -1))
                    .hasSize(4);
        }
    }

    @Test
    void aBodyThatIsCutByAHalfCloseIs400() throws IOException {
        try (TestServer server = TestServer.start();
                Socket socket = server.socket()) {
            socket.getOutputStream()
                    .write(
                            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                            + "Content-Length: 100\r\n\r\n{")
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();

            assertThat(TestServer.readToEnd(socket.getInputStream()))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("the body ended before it was complete");
        }
    }

    @Test
    void anAnswerWithoutMemoryForItIs503() {
        // A token with twenty alternatives is counted with 6.5 KiB.
        try (TestServer server = TestServer.start("server.answer-memory=1MiB")) {
            String heavy = chat("#", "'n': 16, 'logprobs': true, 'top_logprobs': 20");
            var refused = server.post(TestServer.CHAT, heavy);

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("server.answer-memory", "\"code\":\"overloaded\"");
            server.awaitIdle();
            assertThat(server.post(TestServer.CHAT, chat("^", "")).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | true",
                "deflate, gzip;q=0.5 | true",
                "* | true",
                "gzip;q=0 | false",
                "deflate | false",
                "identity | false",
            })
    void metricsAreCompressedForWhoTakesThemSo(String accepted, boolean compressed) throws Exception {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 1)) {
            var request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.server().managementPort() + "/metrics"))
                    .header("accept-encoding", accepted)
                    .build();
            var response = server.client().send(request, BodyHandlers.ofByteArray());

            assertThat(response.headers().firstValue("content-encoding").isPresent())
                    .isEqualTo(compressed);
            assertThat(response.headers().firstValue("vary").orElseThrow()).contains("accept-encoding");
            byte[] body = response.body();
            String text = new String(
                    compressed ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body,
                    StandardCharsets.UTF_8);
            assertThat(text).contains("vitrine_http_connections{port=\"api\"} 0.0");
            assertThat(!compressed || body.length * 4 < text.length()).isTrue();
        }
    }

    private static void write(Socket socket, String body) throws IOException {
        socket.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** What comes up to and with {@code end}. */
    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }
}
