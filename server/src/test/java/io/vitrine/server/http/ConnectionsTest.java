package io.vitrine.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.chat;
import static org.assertj.core.api.Assertions.assertThat;

/** Raw sockets: what no well-behaved client sends, and clients that are slow or gone. */
class ConnectionsTest {

    private static final String POST = "POST /v1/chat/completions HTTP/1.1";
    private static final String JSON = "Content-Type: application/json";

    @Test
    void answersHttp10AndClosesTheConnection() throws IOException {
        try (TestServer server = TestServer.start()) {
            String answer = server.exchange(head("GET /health HTTP/1.0"));

            assertThat(answer).startsWith("HTTP/1.0 200 OK\r\n").endsWith("{\"status\":\"ok\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: y", "Connection: keep-alive"})
    void streamsToHttp10WithoutChunksAndClosesTheConnection(String header) throws IOException {
        try (TestServer server = TestServer.start()) {
            String body = chat("^", "'stream': true");
            String answer = server.exchange(
                    head("POST /v1/chat/completions HTTP/1.0", JSON, header, "Content-Length: " + body.length())
                            + body);

            assertThat(answer).startsWith("HTTP/1.0 200 OK\r\n").doesNotContain("chunked");
            assertThat(TestServer.records(answer.substring(answer.indexOf("\r\n\r\n") + 4)))
                    .last()
                    .isEqualTo("[DONE]");
        }
    }

    @Test
    void saysThatTheHeadersAreTooLarge() throws IOException {
        try (TestServer server = TestServer.start("server.max-header-bytes=2KiB")) {
            String answer = server.exchange(head("GET /health HTTP/1.1", "A: " + "x".repeat(3_000)));

            assertThat(answer)
                    .startsWith("HTTP/1.1 431 ")
                    .contains("x-request-id: req_")
                    .contains("\"error\":{\"message\":\"the headers must not be larger than 2048 bytes\"");
        }
    }

    @Test
    void saysThatTheRequestLineIsTooLong() throws IOException {
        try (TestServer server = TestServer.start("server.max-header-bytes=2KiB")) {
            String answer = server.exchange(head("GET /" + "x".repeat(3_000) + " HTTP/1.1"));

            assertThat(answer).startsWith("HTTP/1.0 414 ").contains("\"code\":\"uri_too_long\"");
        }
    }

    @Test
    void saysThatARequestIsNoHttp() throws IOException {
        try (TestServer server = TestServer.start()) {
            // What cannot be read is answered in the version that every client knows.
            String answer = server.exchange("hello there, this is not HTTP\r\n\r\n");

            assertThat(answer).startsWith("HTTP/1.0 400 ").contains("\"code\":\"invalid_http\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "400 GET /a b HTTP/1.1",
                "400 BADLINE",
                "400 GET /v1/models",
                "400 GET /v1/models HTTP/1.1 x",
                "400 GET /v1/models HTTP/1.",
                "400 GET /v1/models HTTP/11",
                "400 GET /v1/models http/1.1",
                "400 GET /v1/models HTTP/1.1 ",
                "400 GET /v1/models HTTP/1.1\nHost: localhost\n",
                "400 GET /v1/models HTTP/3",
                "505 GET /v1/models HTTP/1.2",
                "505 GET /v1/models HTTP/3.0"
            })
    void answersARequestLineThatIsNotValid(String expected) throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 1)) {
            for (String headers : List.of("\r\n\r\n", "\r\nHost: localhost\r\n\r\n")) {
                String request = expected.substring(4) + headers;
                for (String answer : List.of(server.exchange(request), server.exchangeWithManagement(request))) {
                    assertThat(answer)
                            .as(request)
                            .matches(
                                    "(?s)HTTP/1\\.[01] " + expected.substring(0, 3) + " .*\"error\":\\{\"message\":.*");
                }
            }
        }
    }

    @Test
    void answersPipelinedRequestsInOrderAndRefusesTheGarbageBehindThem() throws IOException {
        try (TestServer server = TestServer.start()) {
            String answers =
                    server.exchange(head("GET /health HTTP/1.1") + head("GET /nothing HTTP/1.1") + head("garbage"));

            assertThat(Pattern.compile("HTTP/1\\.. (\\d+) ").matcher(answers).results())
                    .extracting(status -> status.group(1))
                    .containsExactly("200", "404", "400");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models/%zz", "/%", "/%c0%80", "*", "http://[::1", "//", "/../../etc/passwd"})
    void answersAPathThatCannotBeReadAsAClientsMistake(String path) throws IOException {
        try (TestServer server = TestServer.start()) {
            String answer = server.exchange(head("GET " + path + " HTTP/1.1", "Connection: close"));

            assertThat(answer).matches("(?s)HTTP/1.1 40[04] .*\"error\":.*");
        }
    }

    @Test
    void closesAConnectionWhoseHeadComesTooSlowly() throws IOException {
        try (TestServer server = TestServer.start("server.request-read-timeout=200ms");
                Socket socket = server.socket()) {
            socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void refusesABodyThatComesTooSlowlyWith408() throws IOException {
        try (TestServer server = TestServer.start("server.request-read-timeout=200ms")) {
            String answer = server.exchange(head(POST, JSON, "Content-Length: 50") + "{");

            assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"code\":\"request_timeout\"");
        }
    }

    @Test
    void closesAConnectionThatStaysIdle() throws IOException {
        try (TestServer server = TestServer.start("server.idle-timeout=200ms")) {
            String answer = server.exchange(head("GET /health HTTP/1.1"));

            assertThat(answer).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void keepsAConnectionWhoseAnswerTakesLongerThanTheIdleTime() throws IOException {
        try (TestServer server = TestServer.start("server.idle-timeout=100ms")) {
            var gate = server.runner().holdAt(0);
            try (Socket socket = server.socket()) {
                write(socket, post(chat("^", "")));
                gate.awaitReached();
                // Another connection comes and is closed for idleness in the meantime.
                server.exchange(head("GET /health HTTP/1.1"));
                gate.release();

                assertThat(readUntil(socket.getInputStream(), "ABCDE")).startsWith("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void theLongestIdleConnectionGivesWayToANewOne() throws IOException {
        // Both instances of the gateway have one.
        try (TestServer server = TestServer.start("server.max-connections=2");
                Socket first = server.socket();
                Socket second = server.socket()) {
            for (Socket socket : List.of(first, second)) {
                write(socket, head("GET /health HTTP/1.1"));
                readUntil(socket.getInputStream(), "ok\"}");
            }
            try (Socket third = server.socket()) {
                write(third, head("GET /health HTTP/1.1"));

                assertThat(readUntil(third.getInputStream(), "ok\"}")).startsWith("HTTP/1.1 200 OK");
                assertThat(closedByServer(first)).isTrue();
            }
        }
    }

    @Test
    void refusesAConnectionWhereAllOthersHaveRequests() throws IOException {
        try (TestServer server = TestServer.start("server.max-connections=2")) {
            var gate = server.runner().holdAt(0);
            try (Socket first = server.socket();
                    Socket second = server.socket()) {
                write(first, post(chat("^", "")));
                write(second, post(chat("^", "'stream': true")));
                readUntil(second.getInputStream(), "\r\n\r\n");
                gate.awaitReached();
                try (Socket third = server.socket()) {
                    assertThat(closedByServer(third)).isTrue();
                }
                gate.release();

                assertThat(readUntil(first.getInputStream(), "ABCDE")).startsWith("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void answersTheFirstOfTooManyPipelinedRequestsAndCloses() throws IOException {
        try (TestServer server = TestServer.start()) {
            var gate = server.runner().holdAt(0);
            try (Socket socket = server.socket()) {
                write(socket, post(chat("^", "")) + head("GET /health HTTP/1.1").repeat(40));
                gate.awaitReached();
                gate.release();
                String answers = TestServer.readToEnd(socket.getInputStream());

                assertThat(Pattern.compile("HTTP/1\\.1 200 OK").matcher(answers).results())
                        .hasSize(ConnectionGuard.MAX_PIPELINED);
            }
        }
    }

    @Test
    void refusesAnExpectationThatItCannotMeet() throws IOException {
        try (TestServer server = TestServer.start()) {
            assertThat(server.exchange(head("GET /health HTTP/1.1", "Expect: foo")))
                    .startsWith("HTTP/1.1 417 ")
                    .contains("\"code\":\"expectation_failed\"");
        }
    }

    @Test
    void saysThatATargetIsTooLongByDefault() throws IOException {
        try (TestServer server = TestServer.start()) {
            assertThat(server.exchange(head("GET /" + "x".repeat(20_000) + " HTTP/1.1")))
                    .startsWith("HTTP/1.0 414 ");
        }
    }

    @Test
    void continuesABodyThatAsksFirst() throws IOException {
        try (TestServer server = TestServer.start();
                Socket socket = server.socket()) {
            String body = chat("^", "");
            write(
                    socket,
                    head(POST, JSON, "Connection: close", "Expect: 100-continue", "Content-Length: " + body.length()));
            assertThat(readUntil(socket.getInputStream(), "\r\n\r\n")).startsWith("HTTP/1.1 100 Continue");
            write(socket, body);

            assertThat(TestServer.readToEnd(socket.getInputStream())).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void refusesATooLargeBodyThatAsksFirstBeforeItIsSent() throws IOException {
        try (TestServer server = TestServer.start("server.request-read-timeout=200ms")) {
            String answer = server.exchange(head(POST, JSON, "Expect: 100-continue", "Content-Length: 99999999"));

            assertThat(answer).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void answersABodyOfBrokenChunksOrClosesTheConnection() throws IOException {
        try (TestServer server = TestServer.start()) {
            String answer = server.exchange(head(POST, JSON, "Transfer-Encoding: chunked") + "zzz\r\n{}\r\n");

            assertThat(answer).satisfiesAnyOf(text -> assertThat(text).isEmpty(), text -> assertThat(text)
                    .startsWith("HTTP/1.1 400 "));
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
        }
    }

    /** i2: neither form of answer may keep its slot when nobody waits for it. */
    @ParameterizedTest
    @ValueSource(strings = {"'stream': true", "'stream': false", "'stream': true, 'n': 3"})
    void i2FreesItsSlotsWhenTheClientDisconnects(String form) throws IOException {
        try (TestServer server = TestServer.start()) {
            var gate = server.runner().holdAt(2);
            Socket socket = server.socket();
            write(socket, post(chat("hi", form)));
            gate.awaitReached();
            socket.close();
            // The engine is in a step; the cancel must be there by the time it is released, or it would run to the end.
            server.awaitNoConnection();
            gate.release();

            server.awaitIdle();
            assertThat(server.runner().steps()).hasSizeBetween(3, 4);
            assertThat(server.awaitSummaries(1).get(0).outcome()).isEqualTo(Outcome.CANCELLED);
        }
    }

    @Test
    void aClientThatLeavesWhileItSendsIsForgotten() throws IOException {
        try (TestServer server = TestServer.start()) {
            try (Socket socket = server.socket()) {
                write(socket, post(chat("hi", "")).substring(0, 150));
            }
            assertThat(server.json(TestServer.CHAT, chat("^", "")).has("choices"))
                    .isTrue();
            assertThat(server.engine().runningCount()).isZero();
        }
    }

    /** A reader that reads nothing is cut off at the limit of bytes; another is served meanwhile. */
    @Test
    void cancelsAStreamWhoseReaderIsTooSlow() throws IOException {
        try (TestServer server =
                TestServer.start("server.stream-buffer-bytes=1KiB", "server.stream-stall-timeout=1h")) {
            try (Socket socket = server.socket()) {
                socket.setReceiveBufferSize(1_024);
                // Big events fill the sockets' buffers: twenty alternatives to each token, sixteen choices.
                write(socket, post(chat("#", "'stream': true, 'n': 16, 'logprobs': true, 'top_logprobs': 20")));

                assertThat(server.json(TestServer.CHAT, chat("^", "")).has("choices"))
                        .isTrue();
                server.awaitIdle();
                assertThat(server.awaitSummaries(2))
                        .extracting(RequestSummary::outcome)
                        .contains(Outcome.CANCELLED);
            }
        }
    }

    @Test
    void cancelsAStreamWhoseReaderStandsStill() throws IOException {
        try (TestServer server =
                TestServer.start("server.stream-buffer-bytes=64MiB", "server.stream-stall-timeout=300ms")) {
            try (Socket socket = server.socket()) {
                socket.setReceiveBufferSize(1_024);
                write(socket, post(chat("#", "'stream': true, 'n': 16, 'logprobs': true, 'top_logprobs': 20")));

                server.awaitSummaries(1);
                assertThat(server.summaries().get(0).outcome()).isEqualTo(Outcome.CANCELLED);
                assertThat(server.summaries().get(0).status()).isEqualTo(200);
                server.awaitIdle();
            }
        }
    }

    /** The head of a request. */
    private static String head(String requestLine, String... headers) {
        return requestLine + "\r\nHost: localhost\r\n" + String.join("\r\n", headers)
                + (headers.length == 0 ? "" : "\r\n") + "\r\n";
    }

    private static String post(String body) {
        return head(POST, JSON, "Content-Length: " + body.length()) + body;
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static boolean closedByServer(Socket socket) {
        try {
            return socket.getInputStream().read() == -1;
        } catch (IOException e) {
            return true;
        }
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
