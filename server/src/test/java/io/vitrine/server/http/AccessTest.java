package io.vitrine.server.http;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.RequestSummary;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.tenancy.TenantJson;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Who is let in, over real HTTP; names begin with the checklist's items. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AccessTest {

    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";
    private static final String REQUIRED = "tenants.keys-required=true";

    @Test
    void g6AMissingOrWrongKeyIs401AndARightOne200() {
        try (TestServer server = TestServer.start(REQUIRED)) {
            String key = server.keyOf(Tenant.unlimited("acme"));
            char last = key.charAt(key.length() - 1);
            String mistyped = key.substring(0, key.length() - 1) + (last == 'a' ? 'b' : 'a');

            HttpResponse<String> missing = server.post(TestServer.CHAT, BODY);
            assertThat(assertError(missing, 401, "authentication_error", "invalid_api_key"))
                    .contains("Authorization: Bearer");
            assertThat(missing.headers().firstValue("www-authenticate")).hasValue("Bearer");
            for (String wrong : List.of("", "sk-of-another-service", mistyped, "vt_")) {
                assertError(server.post(TestServer.CHAT, BODY, wrong), 401, "authentication_error", "invalid_api_key");
            }
            assertError(
                    server.send(server.postRequest(TestServer.CHAT, BODY)
                            .header("authorization", "Basic " + key)
                            .build()),
                    401,
                    "authentication_error",
                    "invalid_api_key");
            assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(200);

            List<RequestSummary> summaries = server.awaitSummaries(7);
            assertThat(summaries.subList(0, 6)).allSatisfy(refused -> {
                assertThat(refused.tenantId()).isEqualTo(RequestSummary.UNKNOWN_TENANT);
                assertThat(refused.errorType()).contains(ErrorType.AUTHENTICATION);
            });
            assertThat(summaries.get(6).tenantId()).isEqualTo("acme");
        }
    }

    @Test
    void g7HealthAndPreflightNeedNoKeyAndEverythingElseDoes() {
        try (TestServer server = TestServer.start(REQUIRED)) {
            String key = server.keyOf(Tenant.unlimited("acme"));

            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.send(HttpRequest.newBuilder(server.uri(TestServer.CHAT))
                                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                                    .build())
                            .statusCode())
                    .isEqualTo(204);
            for (String path : List.of("/v1/models", "/v1/models/test/model")) {
                assertThat(server.get(path).statusCode()).as(path).isEqualTo(401);
                assertThat(server.send(HttpRequest.newBuilder(server.uri(path))
                                        .header("authorization", "bearer " + key)
                                        .build())
                                .statusCode())
                        .as(path)
                        .isEqualTo(200);
            }
            for (String path : List.of(TestServer.CHAT, TestServer.COMPLETIONS)) {
                assertThat(server.post(path, "not even JSON").statusCode())
                        .as(path)
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void g9AKeyMayComeInXApiKey() {
        try (TestServer server = TestServer.start(REQUIRED)) {
            String key = server.keyOf(Tenant.unlimited("acme"));

            HttpResponse<String> answer = server.send(server.postRequest(TestServer.CHAT, BODY)
                    .header("x-api-key", key)
                    .build());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(server.awaitSummaries(1).get(0).tenantId()).isEqualTo("acme");
        }
    }

    @Test
    void aKeyOfOursCountsInEitherHeader() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(Tenant.unlimited("acme"));

            assertThat(withKeys(server, "Bearer sk-foo", key).statusCode()).isEqualTo(200);
            assertThat(withKeys(server, "Bearer " + key, key).statusCode()).isEqualTo(200);
            assertThat(withKeys(server, "Bearer " + key, "sk-foo").statusCode()).isEqualTo(200);
            assertThat(withKeys(server, key, "sk-foo").statusCode()).isEqualTo(200);
            assertThat(server.awaitSummaries(4))
                    .allSatisfy(summary -> assertThat(summary.tenantId()).isEqualTo("acme"));
        }
    }

    @Test
    void aBadKeyOfOursIs401BesideAnyOther() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(Tenant.unlimited("acme"));
            String other = server.keyOf(Tenant.unlimited("zeta"));

            assert401(withKeys(server, "Bearer sk-foo", "vt_bad"));
            assert401(withKeys(server, "vt_bad", "sk-foo"));
            assert401(withKeys(server, "Bearer VT_" + key.substring(3), "sk-foo"));
            assert401(withKeys(server, "Bearer " + key, "vt_bad"));
            assertThat(assert401(withKeys(server, "Bearer " + key, other))).contains("several different API keys");
        }
    }

    private static HttpResponse<String> withKeys(TestServer server, String authorization, String apiKey) {
        return server.send(server.postRequest(TestServer.CHAT, BODY)
                .header("authorization", authorization)
                .header("x-api-key", apiKey)
                .build());
    }

    private static String assert401(HttpResponse<String> response) {
        return assertError(response, 401, "authentication_error", "invalid_api_key");
    }

    /** Clients of OpenAI's kind always send a key, often one that means nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"", "sk-anything"})
    void onLoopbackWhoBringsNoKeyOfOursIsTheDefaultTenant(String key) {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> answer =
                    key.isEmpty() ? server.post(TestServer.CHAT, BODY) : server.post(TestServer.CHAT, BODY, key);

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(server.awaitSummaries(1).get(0).tenantId()).isEqualTo("default");
        }
    }

    @Test
    void onLoopbackAKeyOfOursIsCheckedAllTheSame() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(Tenant.unlimited("acme"));
            assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(200);
            server.tenancy().registry().keys().revoke(key.substring(0, 11), "test");

            HttpResponse<String> refused = server.post(TestServer.CHAT, BODY, key);

            assertThat(assertError(refused, 401, "authentication_error", "invalid_api_key"))
                    .contains("was revoked");
        }
    }

    @Test
    void anExpiredKeyIs401() throws SQLException {
        try (TestServer server = TestServer.start(REQUIRED)) {
            String key = server.keyOf(Tenant.unlimited("acme"));
            assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(200);

            expire(server, Instant.parse("2026-01-31T00:00:00Z"));
            server.tenancy().followChanges();

            assertThat(assertError(
                            server.post(TestServer.CHAT, BODY, key), 401, "authentication_error", "invalid_api_key"))
                    .contains("expired at 2026-01-31T00:00:00Z");
        }
    }

    /** All keys, in the file itself: none can be made that is expired. */
    private static void expire(TestServer server, Instant at) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + server.data().resolve("store/ledger.db"));
                PreparedStatement update = connection.prepareStatement("UPDATE api_keys SET expires = ?")) {
            update.setLong(1, at.toEpochMilli());
            update.executeUpdate();
        }
    }

    @Test
    void aKeyWithoutTheScopeAndOneWithoutItsTenantAre403() {
        try (TestServer server = TestServer.start(REQUIRED)) {
            String admin = server.keyOf(Tenant.unlimited("acme"), Scope.ADMIN);
            String infer = server.keyOf(Tenant.unlimited("zeta"));

            assertThat(assertError(server.post(TestServer.CHAT, BODY, admin), 403, "permission_error", "missing_scope"))
                    .contains("infer");

            server.tenancy().registry().tenants().remove("zeta", "test");
            assertError(server.post(TestServer.CHAT, BODY, infer), 403, "permission_error", "unknown_tenant");
            assertThat(server.awaitSummaries(2))
                    .allSatisfy(refused -> assertThat(refused.errorType()).contains(ErrorType.PERMISSION));
        }
    }

    @Test
    void aModelThatTheTenantMayNotUseIs403AndIsNotListed() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(tenant("{'id': 'acme', 'models': ['other-*']}"));

            assertThat(assertError(
                            server.post(TestServer.CHAT, BODY, key), 403, "permission_error", "model_not_allowed"))
                    .contains("acme", TestModel.NAME);
            HttpResponse<String> list = server.send(HttpRequest.newBuilder(server.uri("/v1/models"))
                    .header("authorization", "Bearer " + key)
                    .build());
            assertThat(TestServer.parse(list.body()).get("data")).isEmpty();
        }
    }

    @Test
    void aKeyThatACommandBesideTheServerRevokedIsRefused() {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(Tenant.unlimited("acme"));
            assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(200);

            LedgerSettings settings = LedgerSettings.in(server.data().resolve("store"));
            try (Ledger beside = Ledger.openBeside(settings)) {
                beside.apiKeys()
                        .revoke(key.substring(0, 11), Clock.systemUTC().millis())
                        .join();
                beside.tenants()
                        .apply(Map.of("new", "{\"id\": \"new\", \"priority\": \"low\"}"), Set.of(), 1)
                        .join();
            }

            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> server.post(TestServer.CHAT, BODY, key).statusCode() == 401);
            assertThat(server.tenancy().registry().tenants().find("new")).isPresent();
        }
    }

    @Test
    void theDefaultTenantCanBeRefusedToo() {
        try (TestServer server = TestServer.start()) {
            server.tenancy().registry().tenants().remove(TenantRegistry.DEFAULT_TENANT, "test");

            assertError(server.post(TestServer.CHAT, BODY), 403, "permission_error", "unknown_tenant");
        }
    }

    static Tenant tenant(String json) {
        return TenantJson.parse(TestServer.parse(json.replace('\'', '"')), "the test");
    }

    private static String assertError(HttpResponse<String> response, int status, String type, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = TestServer.parse(response.body()).get("error");
        assertThat(error.get("type").asText()).isEqualTo(type);
        assertThat(error.get("code").asText()).isEqualTo(code);
        return error.get("message").asText();
    }
}
