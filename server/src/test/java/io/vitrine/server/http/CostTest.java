package io.vitrine.server.http;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestCharge;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.store.ledger.CostEntry;
import io.vitrine.store.ledger.CostFilter;
import io.vitrine.store.ledger.CostSum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/** What requests are charged and cost, over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class CostTest {

    /** 7 tokens in; {@code ABCDE} and the end of the text are 6 out. */
    private static final String SHORT = chat("^", "\"max_tokens\": 20");

    private static final String STREAMED = chat("^", "\"max_tokens\": 20, \"stream\": true");

    /** Of 7 tokens in at 100 a million, and 6 out at 1000. */
    private static final BigDecimal PRICE = new BigDecimal("0.0067");

    private static final CostFilter EVER = new CostFilter(LocalDate.EPOCH, LocalDate.of(9999, 12, 31), null);

    @TempDir
    private Path folder;

    @Test
    void anAnswerIsInTheLedgerWhenItIsComplete() throws IOException {
        try (TestServer server = priced()) {
            for (String body : List.of(SHORT, STREAMED)) {
                HttpResponse<String> answer = server.post(TestServer.CHAT, body);

                CostEntry entry = entry(server, answer);
                assertThat(entry.tenantId()).isEqualTo("default");
                assertThat(entry.keyId()).isNull();
                assertThat(entry.modelName()).isEqualTo("test/model");
                assertThat(entry.route()).isEqualTo(TestServer.CHAT);
                assertThat(entry.outcome()).isEqualTo("completed");
                assertThat(entry.outputTokens()).isEqualTo(6);
                assertThat(entry.currency()).isEqualTo("EUR");
                assertThat(entry.joules()).isNull();
                assertThat(entry.engineNanos()).isPositive();
                assertThat(entry.kvByteSeconds()).isPositive();
                assertThat(entry.infrastructureBillionths())
                        .as("an hour costs 3600, a second 1")
                        .isEqualTo(entry.engineNanos());
            }
        }
    }

    @Test
    void theHeaderOfAWholeAnswerAndTheTrailerOfAStreamedOneSayThePrice() throws Exception {
        try (TestServer server = priced()) {
            HttpResponse<String> whole = server.post(TestServer.CHAT, SHORT);
            assertThat(whole.headers().firstValue("x-vitrine-cost")).hasValue("0.0067 EUR");

            var gate = server.runner().holdAt(server.runner().steps().size() + 3);
            String streamed = raw(server, STREAMED, "\"B\"", gate::release);
            assertThat(streamed.toLowerCase(Locale.ROOT)).contains("trailer: x-vitrine-cost");
            String behind = streamed.substring(streamed.indexOf("[DONE]"));
            assertThat(behind).contains("x-vitrine-cost: 0.0067 EUR");
        }
        try (TestServer server = priced("prices.cost-header=false")) {
            assertThat(server.post(TestServer.CHAT, SHORT).headers().firstValue("x-vitrine-cost"))
                    .isEmpty();
        }
    }

    @Test
    void withoutPricesThereIsNoPriceAndTheBooksAreKeptAllTheSame() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer = server.post(TestServer.CHAT, SHORT);

            assertThat(answer.headers().firstValue("x-vitrine-cost")).isEmpty();
            RequestCharge charge = charge(server.awaitSummaries(1).get(0));
            assertThat(charge.price()).isEmpty();
            assertThat(charge.infrastructure()).isEmpty();
            CostEntry entry = entry(server, answer);
            assertThat(entry.revenueBillionths()).isNull();
            assertThat(entry.infrastructureBillionths()).isNull();
            assertThat(entry.engineNanos()).isEqualTo(charge.engineNanos()).isPositive();
        }
    }

    @Test
    void whatTheCacheHadIsCheaper() throws IOException {
        String prompt = "x".repeat(200);
        try (TestServer server = priced()) {
            server.post(TestServer.CHAT, chat(prompt, "\"max_tokens\": 4"));
            HttpResponse<String> second = server.post(TestServer.CHAT, chat(prompt, "\"max_tokens\": 4"));

            CostEntry entry = entry(server, second);
            assertThat(entry.cachedTokens()).isPositive();
            long expected = (entry.inputTokens() - entry.cachedTokens()) * 100_000
                    + entry.cachedTokens() * 50_000
                    + entry.outputTokens() * 1_000_000;
            assertThat(entry.revenueBillionths()).isEqualTo(expected);
        }
    }

    /** The clock stands but for the model, which takes a millisecond for each row: a busy time that is known. */
    @Test
    void costOfAllRequestsIsThePriceOfTheTimeInWhichTheEngineWasBusy() throws IOException {
        AtomicReference<Runnable> work = new AtomicReference<>(() -> {});
        var runner = TestModel.runner(() -> work.get().run());
        try (TestServer server = TestServer.start(
                TestTelemetry.metrics(), config -> TestModel.with(runner, 4), prices().toArray(String[]::new))) {
            server.stopClock();
            work.set(() -> server.advance(Duration.ofMillis(1)));
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                answers.add(server.postAsync(TestServer.CHAT, chat("abc".repeat(1 + i % 7), "\"max_tokens\": 30")));
            }
            answers.forEach(CompletableFuture::join);

            double busySeconds = scraped(server, "vitrine_engine_step_duration_seconds_sum");
            assertThat(busySeconds).isGreaterThan(1);
            CostSum sum = server.tenancy().ledger().sums(EVER).get(0);
            assertThat(sum.requests()).isEqualTo(40);
            assertThat(sum.engineNanos() / 1e9).isCloseTo(busySeconds, within(busySeconds * 0.01));
            assertThat(sum.infrastructureBillionths() / 1e9)
                    .as("at 3600 an hour, which is 1 a second")
                    .isCloseTo(busySeconds, within(busySeconds * 0.01));
            assertThat(scraped(server, "vitrine_infrastructure_cost_total"))
                    .isCloseTo(busySeconds, within(busySeconds * 0.01));
            assertThat(scraped(server, "vitrine_revenue_total")).isCloseTo(sum.revenueBillionths() / 1e9, within(1e-9));
        }
    }

    private static double scraped(TestServer server, String name) {
        return server.getManagement("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void whoLeavesPaysForWhatWasComputedUntilThen() throws Exception {
        try (TestServer server = priced()) {
            var gate = server.runner().holdAt(3);
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), server.server().apiPort())) {
                send(socket, STREAMED);
                gate.awaitReached();
            }
            server.awaitNoConnection();
            gate.release();

            RequestSummary summary = server.awaitSummaries(1).get(0);
            assertThat(summary.outcome()).isEqualTo(Outcome.CANCELLED);
            CostEntry entry = find(server, summary.requestId());
            assertThat(entry.outcome()).isEqualTo("cancelled");
            assertThat(entry.outputTokens()).isEqualTo(summary.tokens().output());
            assertThat(entry.revenueBillionths())
                    .isEqualTo(charge(summary).priceBillionths().orElseThrow());
        }
    }

    @Test
    void whatTheServerFailedAtIsFreeAndInTheBooks() throws IOException {
        try (TestServer server = priced()) {
            server.runner().failAt(2);
            HttpResponse<String> answer = server.post(TestServer.CHAT, SHORT);

            assertThat(answer.statusCode()).isEqualTo(500);
            CostEntry entry = entry(server, answer);
            assertThat(entry.outcome()).isEqualTo("failed");
            assertThat(entry.revenueBillionths()).isZero();
            assertThat(entry.engineNanos()).isPositive();
            assertThat(charge(server.awaitSummaries(1).get(0)).price()).isEmpty();
        }
    }

    @Test
    void whatWasTurnedAwayIsNotInTheBooks() throws IOException {
        try (TestServer server = priced()) {
            assertThat(server.post(TestServer.CHAT, "{}").statusCode()).isEqualTo(400);
            assertThat(server.get("/v1/models").statusCode()).isEqualTo(200);

            assertThat(server.awaitSummaries(2))
                    .allSatisfy(summary -> assertThat(summary.charge()).isEmpty());
            assertThat(server.tenancy().ledger().sums(EVER)).isEmpty();
        }
    }

    /** Clients choose ids: who sends the same one again shall not ride for free. */
    @Test
    void anIdThatIsUsedTwicePaysTwice() throws IOException {
        try (TestServer server = priced()) {
            for (int i = 0; i < 2; i++) {
                var request = server.postRequest(TestServer.CHAT, SHORT)
                        .header("x-request-id", "mine")
                        .build();
                assertThat(server.send(request).headers().firstValue("x-request-id"))
                        .hasValue("mine");
            }

            CostSum sum = server.tenancy().ledger().sums(EVER).get(0);
            assertThat(sum.requests()).isEqualTo(2);
            assertThat(BigDecimal.valueOf(sum.revenueBillionths(), 9))
                    .isEqualByComparingTo(PRICE.multiply(BigDecimal.valueOf(2)));
        }
    }

    @Test
    void aSpentBudgetIs429AndIsStillSpentAfterARestart() throws IOException {
        // The worst case of 7 in and 20 out is 0.0207 and a little: two fit, the second one after the first has used
        // 0.0067.
        String tenant = "{'id': 'acme', 'budget': {'day': 0.03, 'currency': 'EUR'}}";
        Path data = folder.resolve("data");
        String key;
        try (TestServer server = priced("data=" + data)) {
            key = server.keyOf(AccessTest.tenant(tenant));
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);
            assertSpent(server.post(TestServer.CHAT, SHORT, key));
            assertThat(server.post(TestServer.CHAT, chat("^", "\"max_tokens\": 10"), key)
                            .statusCode())
                    .as("what is left is enough for less")
                    .isEqualTo(200);
        }
        try (TestServer server = priced("data=" + data)) {
            assertSpent(server.post(TestServer.CHAT, SHORT, key));
        }
    }

    private static void assertSpent(HttpResponse<String> refused) {
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(TestServer.parse(refused.body()).at("/error/code").asText()).isEqualTo("insufficient_quota");
        assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(0L, 86_400L);
    }

    @Test
    void operatorsSeeTheSumsAsJsonAndCsv() throws IOException {
        try (TestServer server = priced()) {
            server.post(TestServer.CHAT, SHORT);
            server.post(TestServer.CHAT, SHORT);

            JsonNode line = TestServer.parse(
                            server.getManagement("/api/costs?tenant=default").body())
                    .at("/costs/0");
            assertThat(line.path("requests").asInt()).isEqualTo(2);
            assertThat(line.path("revenue").decimalValue()).isEqualByComparingTo("0.0134");
            assertThat(line.path("margin").decimalValue())
                    .isEqualByComparingTo(line.path("revenue")
                            .decimalValue()
                            .subtract(line.path("infrastructure_cost").decimalValue()));
            assertThat(line.path("revenue_per_request").asDouble()).isCloseTo(0.0067, within(1e-12));
            assertThat(line.get("joules").isNull()).isTrue();

            HttpResponse<String> csv = server.getManagement("/api/costs?format=csv");
            assertThat(csv.headers().firstValue("content-type").orElse("")).startsWith("text/csv");
            assertThat(csv.body().lines().toList())
                    .hasSize(2)
                    .first()
                    .asString()
                    .startsWith("day,tenant,model,requests");
            assertThat(TestServer.parse(server.getManagement("/api/costs?tenant=nobody")
                                    .body())
                            .path("costs"))
                    .isEmpty();
        }
    }

    @Test
    void costPerTokenIsTheSameInMeterCommandAndApi() throws IOException {
        Telemetry telemetry = TestTelemetry.metrics();
        try (telemetry;
                TestServer server = TestServer.start(telemetry, 4, prices().toArray(String[]::new))) {
            server.post(TestServer.CHAT, SHORT);
            server.post(TestServer.CHAT, SHORT);
            server.awaitSummaries(2);

            JsonNode line =
                    TestServer.parse(server.getManagement("/api/costs").body()).at("/costs/0");
            String meters = server.getManagement("/metrics").body();
            double cost = line.path("infrastructure_cost").asDouble();
            long output = line.path("output_tokens").asLong();
            assertThat(line.path("cost_per_output_token").asDouble())
                    .isCloseTo(cost / output, within(1e-12))
                    .isCloseTo(reading(meters, "vitrine_output_token_cost"), within(1e-12));
            assertThat(line.path("cost_per_token").asDouble())
                    .isCloseTo(cost / (output + line.path("input_tokens").asLong()), within(1e-12))
                    .isCloseTo(reading(meters, "vitrine_token_cost"), within(1e-12));
        }
    }

    private static double reading(String meters, String name) {
        return meters.lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void aBadQuestionAboutCostsSaysWhatIsWrong() throws IOException {
        try (TestServer server = priced()) {
            for (String query : List.of(
                    "from=yesterday",
                    "to=0000-01-01",
                    "from=2026-02-02&to=2026-02-01",
                    "from=2026-01-01&from=2026-01-02",
                    "format=xml")) {
                HttpResponse<String> refused = server.getManagement("/api/costs?" + query);
                assertThat(refused.statusCode()).as(query).isEqualTo(400);
                assertThat(TestServer.parse(refused.body()).at("/error/param").asText())
                        .isIn("from", "to", "format");
            }
        }
    }

    private TestServer priced(String... settings) throws IOException {
        List<String> all = new ArrayList<>(prices());
        all.addAll(List.of(settings));
        return TestServer.start(all.toArray(String[]::new));
    }

    private List<String> prices() throws IOException {
        Path prices = folder.resolve("prices.yaml");
        Files.writeString(
                prices, "{currency: EUR, prices: [{model: 'test/*', input: 100, cached-input: 50, output: 1000}]}");
        return List.of("prices.file=" + prices, "prices.machine-hour=3600");
    }

    private static RequestCharge charge(RequestSummary summary) {
        return summary.charge().orElseThrow();
    }

    private static CostEntry entry(TestServer server, HttpResponse<String> answer) {
        return server.tenancy()
                .ledger()
                .findLatest(
                        "default", answer.headers().firstValue("x-request-id").orElseThrow())
                .orElseThrow();
    }

    /** Streams and whole answers alike. */
    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void aClientThatLeavesInItsPromptPaysForTheComputedPart(String stream) throws IOException {
        try (TestServer server = priced("engine.prefill-chunk=16")) {
            RequestSummary left = leaveAtStep(server, 2, chat("x".repeat(200), "\"stream\": " + stream));

            assertThat(left.outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(left.streamed()).isEqualTo(stream.equals("true"));
            assertThat(left.tokens()).isEqualTo(new RequestSummary.Tokens(48, 0, 0));
            CostEntry entry = find(server, left.requestId());
            assertThat(entry.inputTokens()).isEqualTo(48);
            assertThat(entry.revenueBillionths()).isEqualTo(48 * 100_000L);
        }
    }

    @Test
    void aClientThatLeavesWhileWaitingPaysNothing() throws IOException {
        try (TestServer server = TestServer.start(1, prices().toArray(String[]::new))) {
            var gate = server.runner().holdAt(0);
            var running = server.postAsync(TestServer.CHAT, SHORT);
            gate.awaitReached();
            try (Socket socket = server.socket()) {
                send(socket, STREAMED);
                await().until(() -> server.engine().waitingCount() == 1);
            }
            server.awaitConnections(1);
            gate.release();
            running.join();
            RequestSummary left = server.awaitSummaries(2).stream()
                    .filter(summary -> summary.outcome() == Outcome.CANCELLED)
                    .findFirst()
                    .orElseThrow();
            assertThat(left.tokens()).isEqualTo(RequestSummary.Tokens.NONE);
            assertThat(find(server, left.requestId()).revenueBillionths()).isZero();
        }
    }

    /** The prompt is counted once, as far as the furthest of its choices came. */
    @Test
    void severalChoicesShareOneComputedPrompt() throws IOException {
        try (TestServer server = priced("engine.prefill-chunk=16")) {
            String body = chat("x".repeat(200), "\"stream\": true, \"n\": 3");
            RequestSummary left = leaveAtStep(server, 2, body);
            assertThat(left.tokens().input()).isBetween(16, 48);
            assertThat(find(server, left.requestId()).inputTokens())
                    .isEqualTo(left.tokens().input());
        }
    }

    @Test
    void aClientThatLeavesWhileDecodingPaysForAll() throws IOException {
        try (TestServer server = priced("engine.draft-tokens=0")) {
            RequestSummary left = leaveAtStep(server, 3, chat("hi", "\"stream\": true, \"max_tokens\": 400"));
            assertThat(left.tokens()).isEqualTo(new RequestSummary.Tokens(8, 4, 0));
            assertThat(find(server, left.requestId()).revenueBillionths()).isEqualTo(8 * 100_000L + 4 * 1_000_000L);
        }
    }

    /** The client leaves while this step, counted from 0, is computed. */
    private static RequestSummary leaveAtStep(TestServer server, int step, String body) throws IOException {
        var gate = server.runner().holdAt(step);
        try (Socket socket = server.socket()) {
            send(socket, body);
            gate.awaitReached();
        }
        server.awaitNoConnection();
        gate.release();
        return server.awaitSummaries(1).get(0);
    }

    private static CostEntry find(TestServer server, String requestId) {
        return await().until(() -> server.tenancy().ledger().findLatest("default", requestId), Optional::isPresent)
                .orElseThrow();
    }

    /** All that came; {@code then} is run once {@code first} has come. */
    private static String raw(TestServer server, String body, String first, Runnable then) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.server().apiPort())) {
            send(socket, body);
            StringBuilder came = new StringBuilder();
            int next = socket.getInputStream().read();
            while (next >= 0) {
                came.append((char) next);
                if (came.indexOf(first) == came.length() - first.length()) {
                    then.run();
                }
                next = socket.getInputStream().read();
            }
            return came.toString();
        }
    }

    private static void send(Socket socket, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + TestServer.CHAT + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                + "content-type: application/json\r\ncontent-length: " + bytes.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    private static String chat(String content, String more) {
        return "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]," + more
                + "}";
    }
}
