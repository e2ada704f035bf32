package io.vitrine.server.http;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.vitrine.server.TestServer;
import io.vitrine.store.ledger.CostEntry;
import io.vitrine.store.ledger.Feedback;
import io.vitrine.store.ledger.Ledger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A client's id of a request is an attribute of the request, not a key of the server's; over real HTTP. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ClientRequestIdTest {

    private static final String CHAT =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @Test
    void twoTenantsOfOneIdRateTheirOwnAnswers() {
        try (TestServer server = TestServer.start()) {
            String acme = server.keyOf(AccessTest.tenant("{'id': 'acme'}"));
            String zeta = server.keyOf(AccessTest.tenant("{'id': 'zeta'}"));
            assertThat(chat(server, "job-1", acme)).isEqualTo("job-1");
            assertThat(chat(server, "job-1", zeta)).isEqualTo("job-1");

            rate(server, "job-1", "0.25", acme);
            rate(server, "job-1", "0.75", zeta);

            assertThat(score(server, "acme")).isEqualTo(0.25);
            assertThat(score(server, "zeta")).isEqualTo(0.75);
            assertThat(server.tenancy().quality().now().opinions()).hasSize(2);
        }
    }

    @Test
    void aTenantThatUsesAnIdAgainRatesItsLatestAnswer() {
        try (TestServer server = TestServer.start()) {
            String acme = server.keyOf(AccessTest.tenant("{'id': 'acme'}"));
            chat(server, "job-1", acme);
            CostEntry first = entry(server, "acme");
            chat(server, "job-1", acme);
            CostEntry second = entry(server, "acme");

            rate(server, "job-1", "1", acme);

            assertThat(second.entryId()).isNotEqualTo(first.entryId()).matches("ent_[0-9a-f]{32}");
            assertThat(List.of(first.requestId(), second.requestId())).containsOnly("job-1");
            Ledger ledger = server.tenancy().ledger();
            assertThat(ledger.feedback(first.entryId())).isEmpty();
            assertThat(ledger.feedback(second.entryId())).isPresent();
        }
    }

    private static String chat(TestServer server, String id, String key) {
        HttpResponse<String> answer = server.send(server.postRequest(TestServer.CHAT, CHAT)
                .header("x-request-id", id)
                .header("authorization", "Bearer " + key)
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("x-request-id").orElseThrow();
    }

    private static void rate(TestServer server, String id, String score, String key) {
        HttpResponse<String> rated =
                server.post("/v1/feedback", "{\"request_id\":\"" + id + "\",\"score\":" + score + "}", key);
        assertThat(rated.statusCode()).as(rated.body()).isEqualTo(200);
        assertThat(TestServer.parse(rated.body()).get("request_id").asText()).isEqualTo(id);
    }

    private static CostEntry entry(TestServer server, String tenant) {
        return server.tenancy().ledger().findLatest(tenant, "job-1").orElseThrow();
    }

    private static double score(TestServer server, String tenant) {
        return server.tenancy()
                .ledger()
                .feedback(entry(server, tenant).entryId())
                .map(Feedback::score)
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vt_1a2B3c4D5e6F7g8H",
                "vt_x",
                "sk-proj-abcdef",
                "SK-ABCDEF",
                "job.sk-abcdef123",
                "Bearer-abcdef",
                "Bearer abcdef",
                "hf_abcdefgh",
                "gsk_abcdefgh",
                "xai-abcdefgh",
                "nvapi-abcdefgh",
                "..",
                "-",
                "1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8R",
                "ghp_abcdefgh",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi"
            })
    void whatIsShapedLikeAKeyIsNeverAnId(String id) {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer = server.send(server.postRequest(TestServer.CHAT, CHAT)
                    .header("x-request-id", id)
                    .build());
            assertThat(answer.headers().firstValue("x-request-id").orElseThrow())
                    .matches("req_[0-9a-f]{32}");
            assertThat(server.awaitSummaries(1).get(0).requestId()).matches("req_[0-9a-f]{32}");
            HttpResponse<String> unknown = server.post("/v1/feedback", "{\"request_id\":\"" + id + "\",\"score\":1}");
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.body()).doesNotContain(id);
        }
    }

    @Test
    void ofTwoIdsNoneCounts() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer = server.send(server.postRequest(TestServer.CHAT, CHAT)
                    .header("x-request-id", "job-1")
                    .header("x-request-id", "job-2")
                    .build());
            assertThat(answer.headers().firstValue("x-request-id").orElseThrow())
                    .matches("req_[0-9a-f]{32}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"task-1", "desk-job", "risk-sk", "5f1c", "req_0a", "Forbearer-1", "eyJ"})
    void ordinaryIdsStayAsTheyAre(String id) {
        assertThat(RequestIds.canBe(id)).isTrue();
    }

    @Test
    void aKeyInAPathIsNotEchoed() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer = server.get("/v1/sk-abcdef123456/models");
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).doesNotContain("abcdef").contains("/v1/***/models");
        }
    }
}
