package io.vitrine.server.metrics;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.vitrine.observability.Outcome;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Offered requests are those that have ended and those in flight, in every scrape, whatever the load. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LoadAccountingTest {

    private static final int CLIENTS = 4;
    private static final int REQUESTS_OF_A_CLIENT = 60;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String BODY = "{\"model\":\"%s\",\"max_tokens\":%d,\"n\":%d,\"stream\":%s,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    @TempDir
    private Path folder;

    @Test
    void everyScrapeAddsUpUnderRandomLoad() throws Exception {
        try (Telemetry telemetry = TestTelemetry.everything(TestTelemetry.settings(), folder.resolve("logs"));
                TestServer server = TestServer.start(telemetry, 2, "queue.limit=2", "limits.request-timeout=1s")) {
            server.runner().failAt(40).failAt(90);
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int client = 0; client < CLIENTS; client++) {
                    Random random = new Random(client);
                    running.add(clients.submit(() -> load(server, random)));
                }
                int scrapes = 0;
                while (running.stream().anyMatch(client -> !client.isDone())) {
                    requireSum(scrape(server));
                    scrapes++;
                }
                for (Future<?> client : running) {
                    client.get();
                }
                assertThat(scrapes).isGreaterThan(CLIENTS);
            } finally {
                clients.shutdownNow();
            }
            timeOut(server);
            await().atMost(LIMIT).until(() -> sum(scrape(server), "vitrine_requests_in_flight") == 0);

            String scrape = scrape(server);
            requireSum(scrape);
            assertThat(sum(scrape, "vitrine_requests_offered_total")).isEqualTo(CLIENTS * REQUESTS_OF_A_CLIENT + 1);
            server.awaitSummaries(CLIENTS * REQUESTS_OF_A_CLIENT + 1);
            for (Outcome outcome : Outcome.values()) {
                assertThat(sum(scrape, "vitrine_requests_total", "outcome=\"" + outcome.label() + "\""))
                        .as(outcome.label())
                        .isPositive()
                        .isEqualTo((double) server.summaries().stream()
                                .filter(summary -> summary.outcome() == outcome)
                                .count());
            }
        }
    }

    private static void requireSum(String scrape) {
        assertThat(sum(scrape, "vitrine_requests_total") + sum(scrape, "vitrine_requests_in_flight"))
                .isEqualTo(sum(scrape, "vitrine_requests_offered_total"));
        assertThat(sum(scrape, "vitrine_requests_unaccounted")).isZero();
    }

    private static void load(TestServer server, Random random) {
        for (int request = 0; request < REQUESTS_OF_A_CLIENT; request++) {
            boolean stream = random.nextBoolean();
            switch (random.nextInt(10)) {
                case 0 -> server.post(TestServer.CHAT, "{not json");
                case 1 -> server.get("/v1/nothing/" + request);
                case 2 -> server.get(TestServer.CHAT);
                case 3 -> server.post(TestServer.CHAT, body("no/such", 1, 1, false));
                case 4 -> server.post(TestServer.CHAT, body("test/model", 8, 5, stream));
                case 5 -> leave(server, body("test/model", 400, 1, true));
                case 6 -> exchange(server, "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                case 7 -> exchange(server, "nonsense\r\n\r\n");
                default ->
                    server.send(server.postRequest(TestServer.CHAT, body("test/model", 12, 1, stream))
                            .header("x-request-id", "the-same")
                            .build());
            }
        }
    }

    private static String body(String model, int maxTokens, int choices, boolean stream) {
        return BODY.formatted(model, maxTokens, choices, stream);
    }

    /** Held in a step until its time is over. */
    private static void timeOut(TestServer server) {
        server.awaitIdle();
        server.stopClock();
        var gate = server.runner().holdAt(server.runner().steps().size());
        var answer = server.postAsync(TestServer.CHAT, body("test/model", 40, 1, false));
        gate.awaitReached();
        server.advance(Duration.ofSeconds(2));
        gate.release();
        assertThat(answer.join().statusCode()).isEqualTo(504);
    }

    /** Goes away after the first bytes of the answer, of whatever kind that is. */
    private static void leave(TestServer server, String body) {
        String head = String.format(
                Locale.ROOT,
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
                TestServer.CHAT,
                body.length());
        try (Socket socket = server.socket()) {
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            // A client that is gone, not one that has closed its side and still reads.
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void exchange(TestServer server, String request) {
        try {
            assertThat(server.exchange(request)).contains(" 400 Bad Request");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String scrape(TestServer server) {
        return server.getManagement("/metrics").body();
    }

    /** Over all series of a name that have these words among their labels. */
    private static double sum(String scrape, String name, String... words) {
        return scrape.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(words).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
