package io.vitrine.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

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

/** Bodies that want much memory: many at once, slow ones and compressed ones. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BodiesTest {

    /** Large bodies may lease 3 MiB of these: three bodies of 64 KiB, which lease 1 MiB each. */
    private static final String MEMORY = "server.body-memory=4MiB";

    private static final String MAX = "server.max-body-bytes=64KiB";
    private static final String PATIENT = "server.contended-read-timeout=10m";
    private static final int LARGE_BYTES = 64 * 1024;

    @Test
    void aSmallBodyIsReadWhileLargeOnesFillTheMemory() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, MEMORY, MAX)) {
            List<Socket> paused = pausedBodies(server, 5);

            assertThat(server.post(TestServer.CHAT, chat("^", "")).statusCode()).isEqualTo(200);
            close(paused);
        }
    }

    @Test
    void aLargeBodyIsReadOnceOthersHaveGone() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, MEMORY, MAX, PATIENT)) {
            List<Socket> paused = pausedBodies(server, 3);
            var waiting = server.postAsync(TestServer.CHAT, large());
            assertThat(server.post(TestServer.CHAT, chat("^", "")).statusCode()).isEqualTo(200);
            assertThat(waiting).isNotDone();
            close(paused);

            // As long as its prompt is, it has been read.
            assertThat(waiting.join().body()).contains("context_length_exceeded");
        }
    }

    @Test
    void aSlowBodyGivesWayWhileOthersWait() throws IOException {
        try (TestServer server =
                TestServer.start(TestTelemetry.metrics(), 4, MEMORY, MAX, "server.contended-read-timeout=100ms")) {
            List<Socket> paused = pausedBodies(server, 3);
            HttpResponse<String> waited = server.post(TestServer.CHAT, large());

            assertThat(waited.body()).contains("context_length_exceeded");
            List<Socket> answered =
                    paused.stream().filter(BodiesTest::isAnswered).toList();
            assertThat(answered).isNotEmpty();
            assertThat(readError(answered.get(0)))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("retry-after: 1", "\"code\":\"overloaded\"", "server.body-memory");
            close(paused);
        }
    }

    @Test
    void aBodyThatFindsNoPlaceToWaitIs503() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, MEMORY, MAX, PATIENT)) {
            List<Socket> paused = pausedBodies(server, 3 + BodyMemory.MAX_WAITING + 1);
            Socket refused = await().until(
                            () -> paused.stream().filter(BodiesTest::isAnswered).findFirst(), Optional::isPresent)
                    .orElseThrow();

            assertThat(readError(refused))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("retry-after: 1", "\"code\":\"overloaded\"", "server.body-memory");
            close(paused);
        }
    }

    @Test
    void theMemoryOfBodiesIsFreeAgainAfterThem() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, MEMORY, MAX)) {
            List<Socket> paused = pausedBodies(server, 3);
            assertThat(leased(server)).isEqualTo(3 << 20);
            close(paused);
            server.post(TestServer.CHAT, large());
            server.post(TestServer.CHAT, "{");

            await().until(() -> leased(server) == 0);
        }
    }

    @Test
    void bodiesOfUnknownLengthLeaseAsTheirBytesArrive() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, PATIENT)) {
            List<Socket> idle = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                idle.add(unfinished(server, "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"));
            }
            await().until(() -> leased(server) == 80 * (1 << 10) * 16);

            String body = chat("^", "");
            assertThat(server.exchange(head("Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
                            + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(post(server, "gzip", compressed("gzip", body)).statusCode())
                    .isEqualTo(200);
            close(idle);
            await().until(() -> leased(server) == 0);
        }
    }

    @Test
    void idleLargeBodiesLeaveRoomForOneThatIsSent() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, PATIENT)) {
            List<Socket> idle = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                idle.add(unfinished(server, "Content-Length: 2000000\r\n\r\n{"));
            }
            await().until(() -> leased(server) == 80 * (1 << 10) * 16);

            assertThat(server.post(TestServer.CHAT, chat("x".repeat(1_900_000), ""))
                            .body())
                    .contains("context_length_exceeded");
            close(idle);
            await().until(() -> leased(server) == 0);
        }
    }

    @Test
    void largeBodiesSentAtOnceEndOneAfterTheOther() {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, MEMORY, MAX, PATIENT)) {
            List<CompletableFuture<HttpResponse<String>>> sent = Stream.generate(
                            () -> server.postAsync(TestServer.CHAT, large()))
                    .limit(16)
                    .toList();

            assertThat(sent)
                    .allSatisfy(answer -> assertThat(answer.join().body()).contains("context_length_exceeded"));
        }
    }

    @Test
    void bodiesThatCannotGrowGiveWayToOneThatCan() throws IOException {
        try (TestServer server =
                TestServer.start(TestTelemetry.metrics(), 4, MEMORY, MAX, "server.contended-read-timeout=100ms")) {
            List<Socket> paused = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                paused.add(unfinished(server, "Transfer-Encoding: chunked\r\n\r\na000\r\n" + " ".repeat(0xa000)));
            }
            String body = large();

            assertThat(server.exchange(head("Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
                            + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n"))
                    .containsAnyOf("context_length_exceeded", "\"code\":\"overloaded\"");
            assertThat(server.post(TestServer.CHAT, body).body()).contains("context_length_exceeded");
            close(paused);
        }
    }

    @Test
    void aBodyThatWaitsForMemoryEndsWithItsClient() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, MEMORY, MAX, PATIENT)) {
            List<Socket> paused = pausedBodies(server, 3);
            try (Socket waiting = unfinished(server, "Content-Length: " + LARGE_BYTES + "\r\n\r\n{")) {
                waiting.shutdownOutput();

                assertThat(TestServer.readToEnd(waiting.getInputStream()))
                        .startsWith("HTTP/1.1 400 ")
                        .contains("\"code\":\"invalid_http\"");
            }
            close(paused);
        }
    }

    private static Socket unfinished(TestServer server, String rest) throws IOException {
        Socket socket = server.socket();
        socket.getOutputStream().write(head(rest).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String head(String rest) {
        return "POST " + TestServer.CHAT + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + rest;
    }

    private static int leased(TestServer server) {
        String metrics = server.getManagement("/metrics").body();
        String name = "vitrine_http_memory_bytes{memory=\"bodies\"} ";
        String line = metrics.lines()
                .filter(text -> text.startsWith(name))
                .findFirst()
                .orElseThrow();
        return (int) Double.parseDouble(line.substring(name.length()));
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip", "GZIP, gzip", "x-gzip, gzip", "deflate, zlib", "deflate, raw", "identity, none"})
    void aCompressedBodyIsReadAsWhatItWas(String coding, String format) throws IOException {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> response = post(server, coding, compressed(format, chat("^", "")));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zlib", "raw"})
    void aBodyThatInflatesBeyondTheLimitIs413(String format) throws IOException {
        try (TestServer server = TestServer.start(MAX)) {
            byte[] bomb = compressed(format, " ".repeat(50_000_000));
            HttpResponse<String> response = post(server, format.equals("gzip") ? "gzip" : "deflate", bomb);

            assertThat(bomb.length).isLessThan(LARGE_BYTES);
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.body()).contains("must not be larger than 65536 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "compress", "gzip, gzip", "gzip, br"})
    void anotherCodingIs415AndSaysWhichAreRead(String coding) throws IOException {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> response = post(server, coding, chat("^", "").getBytes(StandardCharsets.UTF_8));

            assertThat(response.statusCode()).isEqualTo(415);
            assertThat(response.headers().firstValue("accept-encoding")).hasValue("gzip, deflate");
            assertThat(response.body()).contains("\"code\":\"unsupported_encoding\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip, none", "deflate, none", "gzip, zlib", "deflate, gzip", "gzip, cut", "deflate, trailing"})
    void aBodyThatIsNotCodedAsItSaysIs400(String coding, String format) throws IOException {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> response = post(server, coding, compressed(format, chat("^", "")));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body())
                    .contains("the body is not valid " + coding + ", as its content-encoding says")
                    .contains("\"code\":\"invalid_encoding\"");
        }
    }

    private static HttpResponse<String> post(TestServer server, String coding, byte[] body) {
        return server.send(HttpRequest.newBuilder(server.uri(TestServer.CHAT))
                .header("content-type", "application/json")
                .header("content-encoding", coding)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    private static byte[] compressed(String format, String body) throws IOException {
        byte[] plain = body.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (format) {
            case "none" -> out.write(plain);
            case "gzip", "cut" -> write(new GZIPOutputStream(out), plain);
            case "zlib", "trailing" -> write(new DeflaterOutputStream(out), plain);
            default -> write(new DeflaterOutputStream(out, new Deflater(9, true)), plain);
        }
        byte[] bytes = out.toByteArray();
        return switch (format) {
            case "cut" -> Arrays.copyOf(bytes, bytes.length - 12);
            case "trailing" -> Arrays.copyOf(bytes, bytes.length + 1);
            default -> bytes;
        };
    }

    private static void write(OutputStream coder, byte[] plain) throws IOException {
        coder.write(plain);
        coder.close();
    }

    /** A body that is as large as may be, and whose prompt is longer than the context. */
    private static String large() {
        String empty = chat("", "");
        return chat("x".repeat(LARGE_BYTES - empty.length()), "");
    }

    /** Connections that have sent all but the last byte of a body: three have leased its memory, the others wait for it. */
    private static List<Socket> pausedBodies(TestServer server, int count) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        String body = large();
        for (int opened = 0; opened < count; opened++) {
            Socket socket = server.socket();
            sockets.add(socket);
            String length = "Content-Length: " + body.length() + "\r\n\r\n";
            String sent = body.substring(0, body.length() - 1);
            if (opened >= 3) {
                socket.getOutputStream().write((head(length) + sent).getBytes(StandardCharsets.US_ASCII));
            } else {
                socket.getOutputStream()
                        .write(head("Expect: 100-continue\r\n" + length).getBytes(StandardCharsets.US_ASCII));
                // It is asked for once its first memory is leased.
                assertThat(readHead(socket)).startsWith("HTTP/1.1 100 Continue");
                socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
                int full = (opened + 1) << 20;
                await().until(() -> leased(server) == full);
            }
        }
        return sockets;
    }

    private static boolean isAnswered(Socket socket) {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static String readHead(Socket socket) throws IOException {
        return readTo("\r\n\r\n", socket);
    }

    /** Up to the end of the error's JSON. */
    private static String readError(Socket socket) throws IOException {
        return readTo("}}", socket);
    }

    private static String readTo(String end, Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }
}
