package io.vitrine.server.http;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.server.TestServer;
import io.vitrine.tenants.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a tenant's limits let through, over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TenantLimitsTest {

    /** 7 tokens: {@code user=^|}. */
    private static final String SHORT = chat("^", "\"max_tokens\": 20");

    private static final int SHORT_WORST = 7 + 20;
    /** {@code ABCDE}; the end of the text is generated too. */
    private static final int SHORT_USED = 7 + 6;

    @Test
    void everyAnswerSaysWhatIsLeft() {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'requests-per-minute': 10, 'tokens-per-minute': 1000"));

            Map<String, String> first = rates(server.post(TestServer.CHAT, SHORT, key));
            assertThat(first)
                    .containsEntry("x-ratelimit-limit-requests", "10")
                    .containsEntry("x-ratelimit-remaining-requests", "9")
                    .containsEntry("x-ratelimit-limit-tokens", "1000")
                    .containsEntry("x-ratelimit-remaining-tokens", "" + (1_000 - SHORT_WORST))
                    .containsKeys("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens");

            HttpResponse<String> invalid = server.post(TestServer.CHAT, "{}", key);
            assertThat(invalid.statusCode()).isEqualTo(400);
            assertThat(rates(invalid))
                    .as("an invalid request counts as one; what the first reserved and did not use came back")
                    .containsEntry("x-ratelimit-remaining-requests", "8")
                    .containsEntry("x-ratelimit-remaining-tokens", "" + (1_000 - SHORT_USED));
            assertThat(rates(server.post(TestServer.CHAT, chat("^", "\"stream\": true"), key)))
                    .containsEntry("x-ratelimit-remaining-requests", "7");
        }
    }

    @Test
    void aTenantWithoutRatesIsToldOfNone() {
        try (TestServer server = TestServer.start()) {
            assertThat(rates(server.post(TestServer.CHAT, SHORT))).isEmpty();
        }
    }

    @Test
    void moreRequestsAMinuteAre429UntilTheBucketHasOneAgain() {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'requests-per-minute': 2"));
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);

            HttpResponse<String> refused = server.post(TestServer.CHAT, SHORT, key);

            assertThat(assertLimited(refused)).contains("2 requests a minute");
            assertThat(rates(refused)).containsEntry("x-ratelimit-remaining-requests", "0");
            assertThat(header(refused, "retry-after-ms")).isEqualTo(30_000);
            assertThat(header(refused, "retry-after")).isEqualTo((header(refused, "retry-after-ms") + 999) / 1_000);
            RequestSummary summary = server.awaitSummaries(3).get(2);
            assertThat(summary.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(summary.errorType()).contains(ErrorType.REQUEST_RATE_EXCEEDED);
            assertThat(summary.tenantId()).isEqualTo("acme");

            server.advance(Duration.ofMillis(header(refused, "retry-after-ms")));
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void moreTokensAMinuteAre429AndARequestThatIsTooLargeForAnyMinuteIsToldSo() {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'tokens-per-minute': 40"));
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);

            HttpResponse<String> refused = server.post(TestServer.CHAT, SHORT, key);
            assertThat(assertLimited(refused)).contains("40 tokens a minute", "" + SHORT_WORST);
            assertThat(header(refused, "retry-after")).isPositive();

            HttpResponse<String> never = server.post(TestServer.CHAT, chat("^", "\"max_tokens\": 34"), key);
            assertThat(assertLimited(never)).contains("41 tokens", "40 a minute");
            assertThat(never.headers().firstValue("retry-after")).isEmpty();
            assertThat(never.headers().firstValue("x-should-retry")).hasValue("false");
            assertThat(server.awaitSummaries(4).subList(2, 4))
                    .allSatisfy(summary -> assertThat(summary.errorType()).contains(ErrorType.TOKEN_RATE_EXCEEDED));
        }
    }

    @Test
    void anAnswerWithoutALimitTakesWhatTheRateHasLeft() {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'tokens-per-minute': 50"));
            String body = chat("^", "\"ignore_eos\": false");
            assertThat(server.post(TestServer.CHAT, body, key).statusCode()).isEqualTo(200);
            HttpResponse<String> second = server.post(TestServer.CHAT, body, key);

            assertThat(second.statusCode()).as(second.body()).isEqualTo(200);
            assertThat(rates(second)).containsEntry("x-ratelimit-remaining-tokens", "0");
            HttpResponse<String> named = server.post(TestServer.CHAT, chat("^", "\"max_tokens\": 43"), key);
            assertThat(assertLimited(named)).contains("50 tokens a minute", "may need 50");
        }
    }

    /** All prompts and all answers of a request, not its first; each prompt begins with a token that has no text. */
    @Test
    void countsEveryPromptAndEveryChoice() {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'tokens-per-minute': 1000"));
            String body = "{\"model\":\"test/model\",\"prompt\":[\"ab^\",\"c^\"],\"n\":2,\"max_tokens\":50}";

            HttpResponse<String> answer = server.post(TestServer.COMPLETIONS, body, key);

            int used = TestServer.parse(answer.body()).at("/usage/total_tokens").asInt();
            assertThat(rates(answer)).containsEntry("x-ratelimit-remaining-tokens", "" + (1_000 - 4 - 3 - 4 * 50));
            assertThat(rates(server.post(TestServer.COMPLETIONS, "{}", key)))
                    .containsEntry("x-ratelimit-remaining-tokens", "" + (1_000 - used));
        }
    }

    @Test
    void moreRequestsAtOnceAre429AndEachEndMakesRoom() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(limited("'concurrent-requests': 1"));
            var gate = server.runner().holdAt(0);
            var running = async(server, SHORT, key);
            gate.awaitReached();

            HttpResponse<String> refused = server.post(TestServer.CHAT, SHORT, key);
            assertThat(assertLimited(refused)).contains("1 requests at once");
            assertThat(header(refused, "retry-after")).isPositive();

            gate.release();
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode())
                    .as("who has the answer finds room at once")
                    .isEqualTo(200);
            assertThat(server.awaitSummaries(3))
                    .extracting(RequestSummary::errorType)
                    .contains(Optional.of(ErrorType.CONCURRENCY_EXCEEDED));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"test/model\"}",
                "{\"model\":\"unknown\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}"
            })
    void aRequestThatCannotBeRunCountsAndHoldsNoPlace(String body) {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'concurrent-requests': 1, 'requests-per-minute': 9"));
            server.post(TestServer.CHAT, body, key);
            server.post(TestServer.CHAT, body, key);

            HttpResponse<String> answer = server.post(TestServer.CHAT, SHORT, key);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(rates(answer)).containsEntry("x-ratelimit-remaining-requests", "6");
        }
    }

    @Test
    void aClientThatLeavesGivesItsPlaceAndItsTokensBack() throws IOException {
        try (TestServer server = TestServer.start()) {
            server.stopClock();
            String key = server.keyOf(limited("'concurrent-requests': 1, 'tokens-per-minute': 1000"));
            var gate = server.runner().holdAt(3);
            leave(server, chat("hi", "\"stream\": true, \"max_tokens\": 400"), key, gate::awaitReached);
            gate.release();
            RequestSummary left = server.awaitSummaries(1).get(0);
            assertThat(left.outcome()).isEqualTo(Outcome.CANCELLED);

            HttpResponse<String> answer = server.post(TestServer.CHAT, SHORT, key);

            assertThat(answer.statusCode()).isEqualTo(200);
            int used = left.tokens().input() + left.tokens().output();
            assertThat(rates(answer)).containsEntry("x-ratelimit-remaining-tokens", "" + (1_000 - used - SHORT_WORST));
        }
    }

    @Test
    void aFailureAndAFullQueueGiveTheirPlacesBack() {
        try (TestServer server = TestServer.start(1, "queue.limit=0")) {
            String key = server.keyOf(limited("'concurrent-requests': 2"));
            server.runner().failAt(2);
            assertThat(server.post(TestServer.CHAT, chat("hi", ""), key).statusCode())
                    .isEqualTo(500);

            var gate = server.runner().holdAt(server.runner().steps().size());
            var running = async(server, SHORT, key);
            gate.awaitReached();
            for (int i = 0; i < 3; i++) {
                assertThat(server.post(TestServer.CHAT, SHORT, key).body()).contains("queue_full");
            }
            gate.release();
            assertThat(running.join().statusCode()).isEqualTo(200);
            server.awaitIdle();
            assertThat(server.post(TestServer.CHAT, SHORT, key).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void longerContextsAndAnswersThanTheTenantsAre400AndTheDefaultFits() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(limited("'context-tokens': 30, 'output-tokens': 10"));

            JsonNode output = error(server.post(TestServer.CHAT, chat("^", "\"max_tokens\": 11"), key), 400);
            assertThat(output.get("message").asText()).contains("limit of 10 tokens", "11");
            assertThat(output.get("param").asText()).isEqualTo("max_tokens");
            JsonNode context = error(server.post(TestServer.CHAT, chat("x".repeat(24), ""), key), 400);
            assertThat(context.get("message").asText()).contains("30 tokens", "tenant's context");
            assertThat(context.get("code").asText()).isEqualTo("context_length_exceeded");

            JsonNode answer = TestServer.parse(
                    server.post(TestServer.CHAT, chat("hi", ""), key).body());
            assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(10);
        }
    }

    /** Before any step was measured there is no better guess than the usual one; after that, the model's. */
    @Test
    void aFullQueueSaysHowLongTheWaitForASlotIs() {
        try (TestServer server = TestServer.start(1, "queue.limit=1")) {
            var first = server.runner().holdAt(1);
            var running = async(server, chat("hi", "\"max_tokens\": 400"), "");
            first.awaitReached();
            var waiting = async(server, chat("hi", "\"max_tokens\": 400"), "");
            await().until(() -> server.engine().waitingCount() == 1);

            HttpResponse<String> refused = server.post(TestServer.CHAT, SHORT);

            assertThat(refused.statusCode()).isEqualTo(429);
            Duration predicted = server.server()
                    .state()
                    .model()
                    .orElseThrow()
                    .queue()
                    .predictedRoom(1)
                    .orElseThrow();
            assertThat(header(refused, "retry-after-ms"))
                    .isEqualTo(Math.max(1, predicted.plusNanos(999_999).toMillis()));
            first.release();
            CompletableFuture.allOf(running, waiting).join();
        }
    }

    private static Tenant limited(String limits) {
        return AccessTest.tenant("{'id': 'acme', 'limits': {" + limits + "}}");
    }

    private static String chat(String content, String more) {
        return "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]"
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private static CompletableFuture<HttpResponse<String>> async(TestServer server, String body, String key) {
        var request = server.postRequest(TestServer.CHAT, body);
        return server.client()
                .sendAsync(
                        (key.isEmpty() ? request : request.header("authorization", "Bearer " + key)).build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static void leave(TestServer server, String body, String key, Runnable before) throws IOException {
        try (Socket socket = server.socket()) {
            socket.getOutputStream()
                    .write(
                            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                            + "Authorization: Bearer " + key + "\r\nContent-Length: " + body.length()
                                            + "\r\n\r\n" + body)
                                    .getBytes(StandardCharsets.US_ASCII));
            before.run();
        }
    }

    private static Map<String, String> rates(HttpResponse<String> response) {
        return response.headers().map().entrySet().stream()
                .filter(header -> header.getKey().startsWith("x-ratelimit-"))
                .collect(Collectors.toMap(Map.Entry::getKey, header -> String.join(",", header.getValue())));
    }

    private static long header(HttpResponse<String> response, String name) {
        List<String> values = response.headers().allValues(name);
        assertThat(values).as(name).hasSize(1);
        return Long.parseLong(values.get(0));
    }

    private static String assertLimited(HttpResponse<String> response) {
        JsonNode error = error(response, 429);
        assertThat(error.get("type").asText()).isEqualTo("rate_limit_error");
        assertThat(error.get("code").asText()).isEqualTo("rate_limit_exceeded");
        return error.get("message").asText();
    }

    private static JsonNode error(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return TestServer.parse(response.body()).get("error");
    }
}
