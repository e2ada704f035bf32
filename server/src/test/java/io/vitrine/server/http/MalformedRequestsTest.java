package io.vitrine.server.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Requests that are no valid HTTP get an error in the one shape, on both ports, and heads cannot take more than their share. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MalformedRequestsTest {

    private static final String POST = "POST /v1/chat/completions HTTP/1.1\r\n";
    private static final String HOST = "Host: localhost\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(TestTelemetry.metrics(), 4, "server.max-headers=16", "server.idle-timeout=1s");
    }

    @AfterAll
    static void stop() {
        String metrics = server.getManagement("/metrics").body();
        server.close();
        // No mistake of a client is one of the server's.
        assertThat(metrics.lines().filter(line -> line.startsWith("vitrine_faults_total")))
                .allMatch(line -> line.endsWith(" 0.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/3.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2"})
    void anotherVersionIs505(String version) throws IOException {
        for (String answer : onBothPorts("GET /health " + version + "\r\n" + HOST + "\r\n")) {
            assertError(answer, 505, "http_version_not_supported", "1.0 and 1.1");
            assertThat(answer).contains("x-should-retry: false");
        }
    }

    @Test
    void aMissingHostIs400AndNamesIt() throws IOException {
        for (String answer : onBothPorts("GET /health HTTP/1.1\r\n\r\n")) {
            assertError(answer, 400, "invalid_http", "must have a Host header");
        }
        for (String answer : onBothPorts("GET /health HTTP/1.1\r\n" + HOST + HOST + "\r\n")) {
            assertError(answer, 400, "invalid_http", "one Host header, not 2");
        }
        for (String answer : onBothPorts("GET /health HTTP/1.1\r\nHost: a b\r\n\r\n")) {
            assertError(answer, 400, "invalid_http", "Host header must be a host");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"gzip; 501", "gzip, chunked; 501", "identity; 501", "chunked, gzip; 400"})
    void anUnknownTransferCodingIsRefused(String coding, int status) throws IOException {
        for (String answer : onBothPorts(POST + HOST + JSON + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n")) {
            assertError(
                    answer,
                    status,
                    status == 501 ? "not_implemented" : "invalid_http",
                    status == 501 ? "chunked" : "not valid HTTP");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zzz\r\n{}\r\n", "-1\r\n{}\r\n", "ffffffffffff\r\n{}\r\n", "2\r\n{}xx\r\n0\r\n\r\n"})
    void aMalformedChunkIs400(String chunks) throws IOException {
        String answer = server.exchange(POST + HOST + JSON + "Transfer-Encoding: chunked\r\n\r\n" + chunks);

        assertError(answer, 400, "invalid_http", "the body is not valid HTTP");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/metrics?x=%zz",
                "/api/traces?from=%",
                "/api/traces/%zz",
                "/api/audit?limit=%e",
                "/%zz",
                "/api/requests/%c0%80"
            })
    void aPathOrQueryOfTheManagementPortThatCannotBeReadIs400(String target) throws IOException {
        String answer =
                server.exchangeWithManagement("GET " + target + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("application/json", "\"error\":{\"message\":");
        assertThat(answer).doesNotContain("Exception", "Illegal", "io.vertx");
    }

    @Test
    void aQueryOfTheApiThatCannotBeReadIs400() throws IOException {
        String answer = server.exchange("GET /v1/models?x=%zz HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");

        assertError(answer, 400, "invalid_http", "query cannot be read");
    }

    @Test
    void aPathThatIsShownIsWellFormed() throws IOException {
        // A pair of surrogates is cut at the 100th character, where the shown path ends.
        String path = "/" + "x".repeat(98) + "%F0%9F%98%80";
        String answer = server.exchange("GET " + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
        String name = chat("^", "").replace("test/model", "x".repeat(99) + "\\ud83d\\ude00");
        var response = server.post(TestServer.CHAT, name);

        assertThat(answer).startsWith("HTTP/1.1 404 ");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
        assertThat(response.body()).contains("x\ufffd…");
    }

    @Test
    void tooManyHeadersAre431() throws IOException {
        for (String answer : onBothPorts("GET /health HTTP/1.1\r\n" + HOST + "A: b\r\n".repeat(16) + "\r\n")) {
            assertError(answer, 431, "headers_too_large", "more than 16 headers: 17");
        }
    }

    @Test
    void aHeadOfTooManyLinesIsClosedBeforeItEnds() throws IOException {
        try (Socket socket = server.socket()) {
            socket.getOutputStream().write(("GET /health HTTP/1.1\r\n" + HOST).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write("A: b\r\n".repeat(17).getBytes(StandardCharsets.US_ASCII));

            assertThat(readOrReset(socket)).isEmpty();
        }
        assertThat(server.getManagement("/metrics").body())
                .contains("vitrine_http_connections_refused_total{port=\"api\",reason=\"header_limit\"} 1.0");
    }

    @Test
    void tooManyPipelinedRequestsCloseTheConnection() throws IOException {
        var gate = server.runner().holdAt(server.runner().steps().size());
        try (Socket socket = server.socket()) {
            String body = chat("^", "");
            String post = POST + HOST + JSON + "Content-Length: " + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(post.getBytes(StandardCharsets.US_ASCII));
            gate.awaitReached();
            socket.getOutputStream()
                    .write(("GET /health HTTP/1.1\r\n" + HOST + "\r\n")
                            .repeat(ConnectionGuard.MAX_PIPELINED)
                            .getBytes(StandardCharsets.US_ASCII));

            gate.release();

            assertThat(readOrReset(socket).split("HTTP/1.1 200 OK", -1)).hasSize(ConnectionGuard.MAX_PIPELINED + 1);
        } finally {
            gate.release();
        }
        server.awaitIdle();
    }

    @Test
    void theOldestHeadInFlightGivesWayOverTheLimit() throws IOException {
        try (TestServer few = TestServer.start(TestTelemetry.metrics(), 1, "server.max-heads-in-flight=2")) {
            List<Socket> slow = new ArrayList<>();
            // One event loop serves the management port.
            for (int count = 0; count < 3; count++) {
                Socket socket = few.managementSocket();
                socket.getOutputStream().write("GET /".getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
                int opened = count + 1;
                await().until(() -> few.getManagement("/metrics")
                        .body()
                        .contains("vitrine_http_heads{port=\"management\"} " + Math.min(opened, 2) + ".0"));
            }

            assertThat(readOrReset(slow.get(0))).isEmpty();
            slow.get(2)
                    .getOutputStream()
                    .write("health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(slow.get(2).getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static List<String> onBothPorts(String request) throws IOException {
        return List.of(server.exchange(request), server.exchangeWithManagement(request));
    }

    private static void assertError(String answer, int status, String code, String message) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        JsonNode error = TestServer.parse(answer.substring(answer.indexOf("\r\n\r\n") + 4))
                .get("error");
        assertThat(error.get("code").asText()).isEqualTo(code);
        assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.get("message").asText()).contains(message).doesNotContain("Exception");
    }

    private static String readOrReset(Socket socket) {
        try {
            return TestServer.readToEnd(socket.getInputStream());
        } catch (IOException reset) {
            return "";
        }
    }
}
