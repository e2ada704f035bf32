package io.vitrine.server.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Loading, overload, failures and stopping, as clients see them; names begin with the checklist's items. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class OperationTest {

    @Test
    void i1HealthIs503UntilTheModelIsLoaded() {
        var mayLoad = new CountDownLatch(1);
        var runner = TestModel.runner();
        try (TestServer server = TestServer.bound(config -> {
            mayLoad.await();
            return TestModel.with(runner, 1);
        })) {
            for (HttpResponse<String> response : List.of(
                    server.get("/health"),
                    server.get("/v1/models"),
                    server.post(TestServer.CHAT, chat("^", "")),
                    server.getManagement("/health/ready"))) {
                assertError(response, 503, "loading");
                assertThat(response.headers().firstValue("retry-after")).hasValue("2");
            }
            assertThat(server.getManagement("/health/live").statusCode()).isEqualTo(200);

            mayLoad.countDown();
            server.loadModel();

            assertThat(server.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
            assertThat(server.getManagement("/health/ready").statusCode()).isEqualTo(200);
            assertThat(server.json(TestServer.CHAT, chat("^", "")).has("choices"))
                    .isTrue();
        }
    }

    @Test
    void i1HealthIs503OnceTheEngineHasStopped() {
        try (TestServer server = TestServer.start()) {
            server.runner().throwAt(0, new IllegalStateException("broken by the test"));

            assertError(server.post(TestServer.CHAT, chat("hi", "")), 500, "model_failed");
            assertError(server.get("/health"), 503, "engine_stopped");
            assertError(server.post(TestServer.CHAT, chat("hi", "")), 503, "engine_stopped");
        }
    }

    @Test
    void g21AFailureOfTheModelIsAPlain500AndTheNextRequestIsWell() {
        try (TestServer server = TestServer.start()) {
            server.runner().failAt(2);

            JsonNode error = assertError(server.post(TestServer.CHAT, chat("hi", "")), 500, "model_failed");

            assertThat(error.get("message").asText()).isEqualTo("the model failed to answer this request");
            assertThat(error.get("type").asText()).isEqualTo("server_error");
            assertThat(server.json(TestServer.CHAT, chat("^", "")).has("choices"))
                    .isTrue();
        }
    }

    @Test
    void a3AFailureAfterTheStreamBeganIsAnEventFollowedByDone() {
        try (TestServer server = TestServer.start()) {
            server.runner().failAt(3);

            List<String> records = server.stream(TestServer.CHAT, chat("hi", "'stream': true"));

            assertThat(records).last().isEqualTo("[DONE]");
            JsonNode error = TestServer.parse(records.get(records.size() - 2)).get("error");
            assertThat(error.get("code").asText()).isEqualTo("model_failed");
            assertThat(records)
                    .filteredOn(record -> record.contains("\"finish_reason\":\""))
                    .isEmpty();
            RequestSummary summary = server.awaitSummaries(1).get(0);
            assertThat(summary.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(summary.status()).isEqualTo(200);
            assertThat(summary.errorType()).hasValue(ErrorType.MODEL_FAILED);
        }
    }

    @Test
    void aRequestWhoseTimeIsOverIs504AndNotToBeTriedAgain() {
        try (TestServer server = TestServer.start()) {
            var gate = server.runner().holdAt(2);
            var answer = server.postAsync(TestServer.CHAT, chat("hi", ""));
            gate.awaitReached();
            server.advance(Duration.ofMinutes(11));
            gate.release();

            assertError(answer.join(), 504, "deadline_exceeded");
            assertThat(answer.join().headers().firstValue("x-should-retry")).hasValue("false");
            assertThat(server.awaitSummaries(1).get(0).outcome()).isEqualTo(Outcome.TIMED_OUT);
            server.awaitIdle();
        }
    }

    @Test
    void a3AStreamWhoseTimeIsOverSaysSo() {
        try (TestServer server = TestServer.start()) {
            var gate = server.runner().holdAt(2);
            var answer = server.postAsync(TestServer.CHAT, chat("hi", "'stream': true"));
            gate.awaitReached();
            server.advance(Duration.ofMinutes(11));
            gate.release();

            List<String> records = TestServer.records(answer.join().body());
            assertThat(records).last().isEqualTo("[DONE]");
            assertThat(records.get(records.size() - 2)).contains("deadline_exceeded");
        }
    }

    @Test
    void i6AFullQueueRefusesTheExcessAtOnce() {
        try (TestServer server = TestServer.start(1, "queue.limit=1")) {
            var gate = server.runner().holdAt(0);
            var running = server.postAsync(TestServer.CHAT, chat("^", ""));
            gate.awaitReached();
            var waiting = server.postAsync(TestServer.CHAT, chat("^", ""));
            await().until(() -> server.engine().waitingCount() == 1);

            HttpResponse<String> refused = server.post(TestServer.CHAT, chat("^", ""));

            JsonNode error = assertError(refused, 429, "queue_full");
            assertThat(error.get("type").asText()).isEqualTo("rate_limit_error");
            assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
            assertThat(refused.headers().firstValue("retry-after-ms")).hasValue("1000");
            gate.release();
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(waiting.join().statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "'stream': true, "})
    void severalChoicesAreTakenInTogetherOrNotAtAll(String stream) {
        try (TestServer server = TestServer.start(1, "queue.limit=1")) {
            var gate = server.runner().holdAt(0);
            var running = server.postAsync(TestServer.CHAT, chat("^", ""));
            gate.awaitReached();
            assertError(server.post(TestServer.CHAT, chat("^", stream + "'n': 2")), 429, "queue_full");
            assertThat(server.engine().waitingCount()).isZero();
            RequestSummary summary = server.awaitSummaries(1).get(0);
            gate.release();
            assertThat(running.join().statusCode()).isEqualTo(200);
            assertThat(summary.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(summary.errorType()).hasValue(ErrorType.QUEUE_FULL);
        }
    }

    @Test
    void i5StoppingLetsRunningAnswersEndAndRefusesNewOnes() {
        TestServer server = TestServer.start();
        var gate = server.runner().holdAt(2);
        var streaming = server.postAsync(TestServer.CHAT, chat("^", "'stream': true"));
        gate.awaitReached();

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
        await().until(() -> server.get("/health").statusCode() == 503);
        assertError(server.get("/health"), 503, "draining");
        assertError(server.post(TestServer.CHAT, chat("hi", "")), 503, "draining");
        gate.release();

        assertThat(TestServer.records(streaming.join().body())).last().isEqualTo("[DONE]");
        assertThat(streaming.join().body()).contains("\"content\":\"E\"").doesNotContain("\"error\"");
        stopped.join();
    }

    @Test
    void i5AfterTheGraceWhatRunsIsCutOffAndToldSo() {
        TestServer server = TestServer.start("server.shutdown-grace=0s");
        var gate = server.runner().holdAt(2);
        var whole = server.postAsync(TestServer.CHAT, chat("hi", ""));
        gate.awaitReached();

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
        await().until(() -> server.server().state().unavailability().isPresent());
        gate.release();

        assertError(whole.join(), 503, "draining");
        stopped.join();
        assertThat(server.summaries())
                .first()
                .extracting(RequestSummary::outcome)
                .isEqualTo(Outcome.FAILED);
    }

    @Test
    void h1AndG10ModelsAreListedAndFoundByNamesWithSlashes() {
        try (TestServer server = TestServer.start()) {
            JsonNode list = TestServer.parse(server.get("/v1/models").body());
            JsonNode card = list.at("/data/0");

            assertThat(list.get("object").asText()).isEqualTo("list");
            assertThat(list.get("data")).hasSize(1);
            assertThat(card.get("id").asText()).isEqualTo(TestModel.NAME);
            assertThat(card.get("object").asText()).isEqualTo("model");
            assertThat(card.get("created").asLong()).isPositive();
            assertThat(card.get("owned_by").asText()).isEqualTo("vitrine");
            assertThat(card.get("max_model_len").asInt()).isEqualTo(TestModel.CONTEXT_LENGTH);
            for (String path : List.of("/v1/models/test/model", "/v1/models/test%2Fmodel", "/v1/models/test%2fmodel")) {
                assertThat(TestServer.parse(server.get(path).body())).isEqualTo(card);
            }
            for (String path : List.of("/v1/models/test", "/v1/models/test/model/x", "/v1/models/gpt-4")) {
                assertThat(server.get(path).statusCode()).as(path).isEqualTo(404);
            }
            assertError(server.get("/v1/models/gpt-4"), 404, "model_not_found");
        }
    }

    @Test
    void oneSummaryForEachRequestAgreesWithItsAnswer() {
        try (TestServer server = TestServer.start()) {
            JsonNode answer = server.json(TestServer.CHAT, chat("^", "'n': 2"));
            server.get("/nothing");
            server.post(TestServer.CHAT, chat("hi", "'n': 0"));
            server.stream(TestServer.CHAT, chat("hi", "'stream': true, 'max_tokens': 3"));
            List<RequestSummary> summaries = server.awaitSummaries(4);

            assertThat(summaries)
                    .extracting(RequestSummary::outcome)
                    .containsExactly(Outcome.COMPLETED, Outcome.REFUSED, Outcome.REFUSED, Outcome.COMPLETED);
            assertThat(summaries).extracting(RequestSummary::status).containsExactly(200, 404, 400, 200);
            assertThat(summaries).extracting(RequestSummary::streamed).containsExactly(false, false, false, true);
            assertThat(summaries)
                    .extracting(summary -> summary.route().template())
                    .containsExactly(
                            "/v1/chat/completions", "unmatched", "/v1/chat/completions", "/v1/chat/completions");
            RequestSummary first = summaries.get(0);
            assertThat(first.choices()).isEqualTo(2);
            assertThat(first.modelName()).hasValue(TestModel.NAME);
            assertThat(first.tokens().input())
                    .isEqualTo(answer.at("/usage/prompt_tokens").asInt());
            assertThat(first.tokens().output())
                    .isEqualTo(answer.at("/usage/completion_tokens").asInt());
            assertThat(first.queueNanos()).isPresent();
            assertThat(first.timeToFirstTokenNanos().orElseThrow()).isLessThanOrEqualTo(first.durationNanos());
            assertThat(summaries.get(2).choices()).isZero();
            assertThat(summaries.get(2).errorType()).hasValue(ErrorType.INVALID_REQUEST);
        }
    }

    @Test
    void i4ManyRequestsAtOnceAThirdOfThemCancelledLeaveNothingBehind() throws IOException {
        try (TestServer server = TestServer.start(4, "queue.limit=100")) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int index = 0; index < 60; index++) {
                String form = index % 2 == 0 ? "'stream': true, " : "";
                var answer = server.postAsync(TestServer.CHAT, chat("hi", form + "'max_tokens': 100"));
                if (index % 3 == 0) {
                    answer.cancel(true);
                } else {
                    answers.add(answer);
                }
            }
            answers.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));

            server.awaitIdle();
            assertThat(server.json(TestServer.CHAT, chat("^", "")).has("choices"))
                    .isTrue();
        }
    }

    @Test
    void metricsAreServedOnTheManagementPort() {
        Telemetry telemetry = TestTelemetry.metrics();
        try (TestServer server = TestServer.start(telemetry, 1)) {
            server.json(TestServer.CHAT, chat("^", ""));
            HttpResponse<String> scrape = server.getManagement("/metrics");

            assertThat(scrape.statusCode()).isEqualTo(200);
            assertThat(scrape.headers().firstValue("content-type").orElseThrow())
                    .startsWith("text/plain; version=0.0.4");
            assertThat(scrape.body())
                    .contains("vertx_http_server_requests_total", "gen_ai_request_model=\"test/model\"");
            assertThat(server.get("/metrics").statusCode()).isEqualTo(404);
        } finally {
            telemetry.close();
        }
    }

    @Test
    void metricsAreNotFoundWhenSwitchedOff() {
        try (TestServer server = TestServer.start()) {
            assertError(server.getManagement("/metrics"), 404, "not_found");
            assertError(server.getManagement("/other"), 404, "not_found");
        }
    }

    private static JsonNode assertError(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = TestServer.parse(response.body()).get("error");
        assertThat(error.get("code").asText()).isEqualTo(code);
        return error;
    }
}
