package io.vitrine.server.http;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.ServiceQuality.Opinion;
import io.vitrine.server.TestServer;
import io.vitrine.store.ledger.Feedback;
import io.vitrine.store.ledger.Ledger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What users think of answers, over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class FeedbackTest {

    private static final String FEEDBACK = "/v1/feedback";
    private static final String CHAT =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @Test
    void thumbsAndScoresCountOnceARequestAndTheLastWordHolds() {
        try (TestServer server = TestServer.start()) {
            String first = answered(server);
            String second = answered(server);
            server.json(FEEDBACK, "{\"request_id\":\"" + first + "\",\"thumbs\":\"down\"}");
            server.json(FEEDBACK, "{\"request_id\":\"" + first + "\",\"thumbs\":\"up\"}");
            JsonNode rated = server.json(FEEDBACK, "{\"request_id\":\"" + second + "\",\"score\":0.5}");

            assertThat(rated.path("model").asText()).isEqualTo("test/model");
            assertThat(rated.path("comment_kept").asBoolean()).isFalse();
            assertThat(server.tenancy().quality().now().opinions())
                    .containsExactly(new Opinion("test/model", "default", 2, 0.75));
            assertThat(stored(server, "default", first).map(Feedback::score)).hasValue(1.0);
        }
    }

    @Test
    void aCommentIsKeptOnlyWhereTheTenantHasContentKept() {
        try (TestServer server = TestServer.start()) {
            String quiet = server.keyOf(AccessTest.tenant("{'id': 'quiet'}"));
            String open = server.keyOf(AccessTest.tenant("{'id': 'open', 'content': 'redacted'}"));
            for (String key : List.of(quiet, open)) {
                String id = server.post(TestServer.CHAT, CHAT, key)
                        .headers()
                        .firstValue("x-request-id")
                        .orElseThrow();
                String body = "{\"request_id\":\"" + id + "\",\"thumbs\":\"up\",\"comment\":\"well said\"}";
                JsonNode rated =
                        TestServer.parse(server.post(FEEDBACK, body, key).body());

                assertThat(rated.path("comment_kept").asBoolean()).isEqualTo(key.equals(open));
                assertThat(stored(server, key.equals(open) ? "open" : "quiet", id)
                                .orElseThrow()
                                .comment())
                        .isEqualTo(key.equals(open) ? "well said" : null);
            }
        }
    }

    @Test
    void nobodyRatesTheAnswersOfOthersOrThoseThatNeverWere() {
        try (TestServer server = TestServer.start()) {
            String id = answered(server);
            String stranger = server.keyOf(AccessTest.tenant("{'id': 'stranger'}"));
            String body = "{\"request_id\":\"" + id + "\",\"thumbs\":\"down\"}";

            assertNotFound(server.post(FEEDBACK, body, stranger));
            assertNotFound(server.post(FEEDBACK, body.replace(id, "nothing")));
            assertThat(server.tenancy().quality().now().opinions()).isEmpty();
        }
    }

    private static void assertNotFound(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(TestServer.parse(answer.body()).at("/error/code").asText()).isEqualTo("request_not_found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"request_id\":\"x\"}",
                "{\"request_id\":\"x\",\"thumbs\":\"sideways\"}",
                "{\"request_id\":\"x\",\"thumbs\":true}",
                "{\"request_id\":\"x\",\"thumbs\":\"up\",\"score\":1}",
                "{\"request_id\":\"x\",\"score\":1.01}",
                "{\"request_id\":\"\",\"score\":1}",
                "{\"request_id\":\"x\",\"score\":1,\"stars\":5}",
                "[]"
            })
    void whatIsNoFeedbackIsRefused(String body) {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> refused = server.post(FEEDBACK, body);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(TestServer.parse(refused.body()).at("/error/type").asText())
                    .isEqualTo("invalid_request_error");
        }
    }

    @Test
    void serviceLevelsAreKeptBySuccessAndBrokenByFailureOnly() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(
                    AccessTest.tenant("{'id': 'gold', 'sla': {'end-to-end-ms': 60000, 'availability': 0.99}}"));
            server.post(TestServer.CHAT, CHAT, key);
            server.post(TestServer.CHAT, "{}", key);
            server.awaitSummaries(2);
            assertThat(server.tenancy().quality().now().compliance())
                    .singleElement()
                    .satisfies(gold -> {
                        assertThat(gold.availability()).isEqualTo(1);
                        assertThat(gold.endToEnd()).isEqualTo(1);
                    });

            server.runner().failAt(server.runner().steps().size());
            server.post(TestServer.CHAT, CHAT, key);
            server.awaitSummaries(3);
            assertThat(server.tenancy().quality().now().compliance())
                    .singleElement()
                    .satisfies(gold -> assertThat(gold.availability()).isEqualTo(0.5));
        }
    }

    private static Optional<Feedback> stored(TestServer server, String tenant, String requestId) {
        Ledger ledger = server.tenancy().ledger();
        return ledger.feedback(
                ledger.findLatest(tenant, requestId).orElseThrow().entryId());
    }

    private static String answered(TestServer server) {
        return server.post(TestServer.CHAT, CHAT)
                .headers()
                .firstValue("x-request-id")
                .orElseThrow();
    }
}
