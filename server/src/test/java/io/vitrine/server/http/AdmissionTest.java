package io.vitrine.server.http;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.server.ByteTokenizer;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.tenants.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What is checked before work is done for a request, over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AdmissionTest {

    private static final String SHORT = chat("^", "\"max_tokens\": 20");

    @Test
    void refusesByRateBeforeTheBodyIsRead() throws IOException {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'requests-per-minute': 1"));
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);

            assertThat(answerToTheHead(server, key)).startsWith("HTTP/1.1 429").contains("1 requests a minute");
        }
    }

    @Test
    void refusesByConcurrencyBeforeTheBodyIsRead() throws IOException {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(limited("'concurrent-requests': 1"));
            var gate = server.runner().holdAt(0);
            CompletableFuture<HttpResponse<String>> running = async(server, SHORT, key);
            gate.awaitReached();

            assertThat(answerToTheHead(server, key)).startsWith("HTTP/1.1 429").contains("1 requests at once");
            gate.release();
            running.join();
        }
    }

    /** A client that sends its body slowly has its place already. */
    @Test
    void aBodyUnderWayHoldsAPlace() throws IOException {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            Tenant tenant = limited("'concurrent-requests': 1, 'requests-per-minute': 100");
            String key = server.keyOf(tenant);
            try (Socket slow = server.socket()) {
                slow.getOutputStream().write(head(key, 1_000));
                await().until(() -> requestsLeft(server, tenant) == 99);
                assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode())
                        .isEqualTo(429);
            }
            await().until(() -> server.post(TestServer.CHAT, SHORT, key).statusCode() == 200);
        }
    }

    private static long requestsLeft(TestServer server, Tenant tenant) {
        return server.tenancy().rateState(tenant).requests().orElseThrow().remaining();
    }

    /** The response to a request whose body never comes. */
    private static String answerToTheHead(TestServer server, String key) throws IOException {
        try (Socket socket = server.socket()) {
            socket.getOutputStream().write(head(key, 2_000_000));
            byte[] first = new byte[4_096];
            StringBuilder answer = new StringBuilder();
            while (!answer.toString().contains("}}")) {
                int count = socket.getInputStream().read(first);
                answer.append(new String(first, 0, count, StandardCharsets.UTF_8));
            }
            return answer.toString();
        }
    }

    private static byte[] head(String key, int length) {
        return ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Authorization: Bearer " + key + "\r\nContent-Length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aTextThatCannotFitIsNotTokenised() {
        try (TestServer server = TestServer.start()) {
            List<String> encoded = watchEncoded(server);
            String parts = "[" + "{\"type\":\"text\",\"text\":\"" + "1".repeat(2_500) + "\"},".repeat(1)
                    + "{\"type\":\"text\",\"text\":\"" + "1".repeat(2_500) + "\"}]";
            String many = IntStream.range(0, 600)
                    .mapToObj(i -> "{\"role\":\"user\",\"content\":\"\"}")
                    .collect(Collectors.joining(","));
            String ids = IntStream.range(0, 600).mapToObj(i -> "97").collect(Collectors.joining(","));

            assertTooLong(server.post(TestServer.CHAT, chat("1".repeat(1_900_000), "")), "at least 211");
            assertTooLong(
                    server.post(
                            TestServer.CHAT,
                            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":" + parts + "}]}"),
                    "at least 555");
            assertTooLong(
                    server.post(TestServer.CHAT, "{\"model\":\"test/model\",\"messages\":[" + many + "]}"),
                    "at least 600");
            assertTooLong(
                    server.post(TestServer.COMPLETIONS, completion("\"" + "1".repeat(5_000) + "\"")), "at least 555");
            assertTooLong(server.post(TestServer.COMPLETIONS, completion("[" + ids + "]")), "at least 600");
            assertThat(encoded).isEmpty();
        }
    }

    private static void assertTooLong(HttpResponse<String> response, String tokens) {
        JsonNode error = error(response, 400);
        assertThat(error.get("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(error.get("message").asText()).contains(tokens, "512 tokens");
        assertThat(error.get("n_prompt_tokens").asInt()).isGreaterThan(512);
        assertThat(error.get("n_ctx").asInt()).isEqualTo(512);
    }

    /** The bound goes by the tenant's context where that is the smaller one. */
    @Test
    void aTenantsOwnContextBoundsTheTextToo() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(limited("'context-tokens': 20"));
            List<String> encoded = watchEncoded(server);
            JsonNode error = error(server.post(TestServer.CHAT, chat("1".repeat(180), ""), key), 400);
            assertThat(error.get("n_ctx").asInt()).isEqualTo(20);
            assertThat(encoded).isEmpty();
        }
    }

    @Test
    void anotherTenantIsPlannedBesideOneWithManySlowPrompts() throws Exception {
        try (TestServer server = TestServer.start("planning.threads=2", "planning.tenant-threads=1")) {
            String flood = server.keyOf(limited("'requests-per-minute': 100"));
            CountDownLatch held = new CountDownLatch(1);
            tokenizer(server).beforeEncode(text -> {
                if (text.contains("slow")) {
                    join(held);
                }
            });
            List<CompletableFuture<HttpResponse<String>>> slow = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                slow.add(async(server, chat("slow^", "\"max_tokens\": 2"), flood));
            }
            for (int i = 0; i < 5; i++) {
                assertThat(server.post(TestServer.CHAT, SHORT).statusCode()).isEqualTo(200);
            }
            held.countDown();
            for (CompletableFuture<HttpResponse<String>> each : slow) {
                assertThat(each.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void aTenantWithTooManyWaitingPlansIsRefused() {
        try (TestServer server = TestServer.start("planning.threads=1", "planning.tenant-queue-limit=1")) {
            server.stopClock();
            String key = server.keyOf(limited("'requests-per-minute': 10"));
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch reached = new CountDownLatch(1);
            tokenizer(server).beforeEncode(text -> {
                reached.countDown();
                join(held);
            });
            CompletableFuture<HttpResponse<String>> running = async(server, SHORT, key);
            join(reached);
            List<CompletableFuture<HttpResponse<String>>> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                others.add(async(server, SHORT, key));
            }
            await().until(() ->
                    others.stream().filter(CompletableFuture::isDone).count() == 2);
            held.countDown();
            assertThat(running.join().statusCode()).isEqualTo(200);
            List<HttpResponse<String>> answers =
                    others.stream().map(CompletableFuture::join).toList();
            assertThat(answers).extracting(HttpResponse::statusCode).containsExactlyInAnyOrder(200, 429, 429);
            HttpResponse<String> refused = answers.stream()
                    .filter(answer -> answer.statusCode() == 429)
                    .findFirst()
                    .orElseThrow();
            assertThat(refused.body()).contains("planning.tenant-queue-limit");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            assertThat(server.post(TestServer.CHAT, SHORT, key).headers().firstValue("x-ratelimit-remaining-requests"))
                    .as("a refusal for want of room counts for no rate")
                    .hasValue("7");
        }
    }

    @Test
    void dropsThePlanOfAClientThatLeft() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 4, "planning.threads=1")) {
            List<String> encoded = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch reached = new CountDownLatch(1);
            tokenizer(server).beforeEncode(text -> {
                encoded.add(text);
                reached.countDown();
                join(held);
            });
            CompletableFuture<HttpResponse<String>> first = server.postAsync(TestServer.CHAT, chat("first^", ""));
            join(reached);
            try (Socket leaving = server.socket()) {
                send(leaving, chat("left^", ""));
                await().until(() -> server.server().planning().waitingCount() == 1);
                assertThat(server.getManagement("/metrics").body())
                        .contains("\nvitrine_planning_waiting 1.0\n", "\nvitrine_planning_waiting_limit 1024.0\n");
            }
            await().until(() -> server.server().planning().waitingCount() == 0);
            held.countDown();
            assertThat(first.join().statusCode()).isEqualTo(200);
            assertThat(server.post(TestServer.CHAT, chat("last^", "")).statusCode())
                    .isEqualTo(200);
            assertThat(encoded).hasSize(2).noneMatch(text -> text.contains("left"));
        }
    }

    /** Of a client that leaves in between, the prompts after the first are not tokenised. */
    @Test
    void stopsBetweenPromptsOnceTheClientLeft() throws IOException {
        try (TestServer server = TestServer.start("planning.threads=1")) {
            List<String> encoded = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch held = new CountDownLatch(1);
            tokenizer(server).beforeEncode(text -> {
                encoded.add(text);
                join(held);
            });
            String body = completion("[\"one^\",\"two^\",\"three^\"]");
            try (Socket leaving = server.socket()) {
                send(leaving, body, TestServer.COMPLETIONS);
                await().until(() -> encoded.size() == 1);
            }
            RequestSummary left = server.awaitSummaries(1).get(0);
            held.countDown();
            assertThat(left.outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(server.post(TestServer.CHAT, SHORT).statusCode()).isEqualTo(200);
            assertThat(encoded).hasSize(2).first().isEqualTo("one^");
        }
    }

    @Test
    void moreAnswersThanEverFitAre400AndTouchNoQueue() {
        try (TestServer server = TestServer.start(1, "queue.limit=3")) {
            List<String> encoded = watchEncoded(server);
            String prompts = IntStream.range(0, 3).mapToObj(i -> "\"^\"").collect(Collectors.joining(",", "[", "]"));
            HttpResponse<String> refused = server.post(
                    TestServer.COMPLETIONS,
                    "{\"model\":\"test/model\",\"prompt\":" + prompts + ",\"n\":2,\"max_tokens\":2}");
            JsonNode error = error(refused, 400);
            assertThat(error.get("message").asText()).contains("once, 4 ", ": 6, of 3 prompts with n 2");
            assertThat(error.get("param").asText()).isEqualTo("prompt");
            assertThat(error(server.post(TestServer.CHAT, chat("^", "\"n\": 5")), 400)
                            .get("param")
                            .asText())
                    .isEqualTo("n");
            assertThat(encoded).isEmpty();
            assertThat(server.awaitSummaries(2))
                    .extracting(RequestSummary::errorType)
                    .containsOnly(java.util.Optional.of(ErrorType.INVALID_REQUEST));
            assertThat(server.post(TestServer.CHAT, chat("^", "\"n\": 4, \"max_tokens\": 2"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    /** A tenant of few tokens a minute gets an answer without asking for a short one. */
    @Test
    void theDefaultAnswerFitsIntoATenantsTokensAMinute() {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'tokens-per-minute': 40"));
            JsonNode answer = TestServer.parse(
                    server.post(TestServer.CHAT, chat("hi", ""), key).body());
            assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(40);
            assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        }
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'tokens-per-minute': 40"));
            String body = "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}],\"n\":3}";
            assertThat(TestServer.parse(server.post(TestServer.CHAT, body, key).body())
                            .at("/usage/completion_tokens")
                            .asInt())
                    .isEqualTo(18);
        }
    }

    @Test
    void aRefusalByTokensNamesWhatFits() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(limited("'tokens-per-minute': 40"));
            HttpResponse<String> large = server.post(TestServer.CHAT, chat("^", "\"max_completion_tokens\": 34"), key);
            assertThat(error(large, 429).get("message").asText()).contains("at most 33 with max_completion_tokens");
            HttpResponse<String> prompt = server.post(TestServer.CHAT, chat("x".repeat(40), ""), key);
            assertThat(error(prompt, 429).get("message").asText())
                    .contains("prompt has 46 tokens", "40 tokens a minute");
            assertThat(prompt.headers().firstValue("x-should-retry")).hasValue("false");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_tokens", "max_completion_tokens"})
    void namesTheFieldThatBoundsTheAnswer(String field) {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(limited("'output-tokens': 10"));
            JsonNode error = error(server.post(TestServer.CHAT, chat("^", "\"" + field + "\": 11"), key), 400);
            assertThat(error.get("param").asText()).isEqualTo(field);
            assertThat(error.get("message").asText()).startsWith(field + " must not be above");
        }
    }

    /** Neighbouring seeds and choices share no stream of random numbers. */
    @Test
    void everySeedAndChoiceGivesAnotherText() {
        try (TestServer server = TestServer.start()) {
            List<String> texts = new ArrayList<>();
            for (int seed = 1; seed <= 5; seed++) {
                texts.addAll(texts(server, seed, 4));
            }
            assertThat(texts).hasSize(20).doesNotHaveDuplicates();
            assertThat(texts(server, 3, 1)).as("choice 0 has the seed itself").containsExactly(texts.get(8));
            assertThat(texts(server, 3, 4)).isEqualTo(texts.subList(8, 12));
        }
    }

    private static List<String> texts(TestServer server, int seed, int choices) {
        JsonNode answer = server.json(
                TestServer.CHAT, chat("#", "\"max_tokens\": 12, \"seed\": " + seed + ", \"n\": " + choices));
        List<String> texts = new ArrayList<>();
        answer.get("choices")
                .forEach(choice -> texts.add(choice.at("/message/content").asText()));
        return texts;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"messages\":[]", "\"max_tokens\":600", "\"n\":5"})
    void aRefusedStreamIsLoggedAsStreamed(String field) {
        try (TestServer server = TestServer.start(1, "queue.limit=0")) {
            String messages = field.contains("messages") ? "" : "\"messages\":[{\"role\":\"user\",\"content\":\"^\"}],";
            String body = "{\"model\":\"test/model\"," + messages + field + ",\"stream\":true}";
            assertThat(server.post(TestServer.CHAT, body).statusCode()).isEqualTo(400);
            assertThat(server.awaitSummaries(1).get(0).streamed()).isTrue();
        }
    }

    private static List<String> watchEncoded(TestServer server) {
        List<String> encoded = Collections.synchronizedList(new ArrayList<>());
        tokenizer(server).beforeEncode(encoded::add);
        return encoded;
    }

    private static ByteTokenizer tokenizer(TestServer server) {
        return (ByteTokenizer) server.server().state().model().orElseThrow().tokenizer();
    }

    private static void join(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void send(Socket socket, String body) throws IOException {
        send(socket, body, TestServer.CHAT);
    }

    private static void send(Socket socket, String body, String path) throws IOException {
        socket.getOutputStream()
                .write(("POST " + path
                                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static CompletableFuture<HttpResponse<String>> async(TestServer server, String body, String key) {
        var request = server.postRequest(TestServer.CHAT, body).header("authorization", "Bearer " + key);
        return server.client().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Tenant limited(String limits) {
        return AccessTest.tenant("{'id': 'acme', 'limits': {" + limits + "}}");
    }

    private static String chat(String content, String more) {
        return "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]"
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private static String completion(String prompt) {
        return "{\"model\":\"test/model\",\"max_tokens\":2,\"prompt\":" + prompt + "}";
    }

    private static JsonNode error(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return TestServer.parse(response.body()).get("error");
    }
}
