package io.vitrine.server.console;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleSessionTest {

    private static final String CHAT =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":4}";

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start("tenants.keys-required=true", "console.max-sessions=3", "console.login-failures=4");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** What a browser keeps of a login. */
    private record Browser(String cookie, String csrf) {}

    private HttpResponse<String> login(String key) {
        return server.manage("POST", "/console/login", "{\"key\":\"" + key + "\"}", "");
    }

    private Browser signIn(Scope... scopes) {
        return browser(login(server.keyOf(Tenant.unlimited("ops"), scopes)));
    }

    private static Browser browser(HttpResponse<String> login) {
        assertThat(login.statusCode()).as(login.body()).isEqualTo(200);
        String cookie = login.headers().firstValue("set-cookie").orElseThrow();
        return new Browser(
                cookie.substring(0, cookie.indexOf(';')),
                TestServer.parse(login.body()).path("csrf").asText());
    }

    private HttpResponse<String> send(Browser browser, String method, String path, String body, Optional<String> csrf) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.managementUri(path))
                .header("cookie", browser.cookie())
                .header("content-type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        csrf.ifPresent(token -> request.header("x-vitrine-csrf", token));
        return server.send(request.build());
    }

    private int get(Browser browser, String path) {
        return send(browser, "GET", path, "", Optional.empty()).statusCode();
    }

    private static String code(HttpResponse<String> response) {
        return TestServer.parse(response.body()).at("/error/code").asText();
    }

    @Test
    void signsInWithAnAdministratorsKey() {
        HttpResponse<String> login = login(server.keyOf(Tenant.unlimited("ops"), Scope.ADMIN));

        JsonNode session = TestServer.parse(login.body());
        assertThat(session.path("role").asText()).isEqualTo("admin");
        assertThat(session.path("signed_in").asBoolean()).isTrue();
        assertThat(session.path("can_infer").asBoolean()).isFalse();
        assertThat(login.headers().firstValue("set-cookie").orElseThrow())
                .contains("HTTPOnly", "SameSite=Strict", "Path=/")
                .doesNotContain("Secure");
        Browser browser = browser(login);
        assertThat(get(browser, "/api/tenants")).isEqualTo(200);
        assertThat(get(browser, "/api/incidents")).isEqualTo(200);
        assertThat(TestServer.parse(send(browser, "GET", "/console/session", "", Optional.empty())
                                .body())
                        .path("csrf")
                        .asText())
                .isEqualTo(browser.csrf());
    }

    @Test
    void refusesKeysThatAreNoOperators() {
        HttpResponse<String> user = login(server.keyOf(Tenant.unlimited("acme"), Scope.INFER));
        assertThat(user.statusCode()).isEqualTo(403);
        assertThat(code(user)).isEqualTo("missing_scope");
        assertThat(login("vt_wrong").statusCode()).isEqualTo(401);
        assertThat(server.manage("POST", "/console/login", "{\"kee\":1}", "").statusCode())
                .isEqualTo(400);
        assertThat(server.getManagement("/api/incidents").statusCode()).isEqualTo(401);
        JsonNode session =
                TestServer.parse(server.getManagement("/console/session").body());
        assertThat(session.path("sign_in_needed").asBoolean()).isTrue();
        assertThat(session.path("role").isNull()).isTrue();
        assertThat(session.path("csrf").isNull()).isTrue();
    }

    @Test
    void aChangeNeedsTheSessionsToken() {
        Browser browser = signIn(Scope.ADMIN);
        Browser other = signIn(Scope.ADMIN);
        String body = "{\"title\":\"slow\",\"severity\":\"P2\"}";

        for (Optional<String> csrf : List.of(Optional.<String>empty(), Optional.of("x"), Optional.of(other.csrf()))) {
            HttpResponse<String> refused = send(browser, "POST", "/api/incidents", body, csrf);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(code(refused)).isEqualTo("csrf_failed");
        }
        HttpResponse<String> opened = send(browser, "POST", "/api/incidents", body, Optional.of(browser.csrf()));
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(201);
        assertThat(send(browser, "GET", "/api/audit", "", Optional.empty()).body())
                .contains("incident_opened");
    }

    @Test
    void aViewerReadsAndChangesNothing() {
        Browser viewer = signIn(Scope.READ_TELEMETRY);

        assertThat(get(viewer, "/api/incidents")).isEqualTo(200);
        assertThat(get(viewer, "/api/tenants")).isEqualTo(403);
        assertThat(send(
                                viewer,
                                "POST",
                                "/api/incidents",
                                "{\"title\":\"x\",\"severity\":\"P2\"}",
                                Optional.of(viewer.csrf()))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aSessionEndsWithLogoutIdlenessAgeAndItsKey() {
        Browser left = signIn(Scope.READ_TELEMETRY);
        assertThat(send(left, "POST", "/console/logout", "{}", Optional.empty()).statusCode())
                .isEqualTo(403);
        assertThat(send(left, "POST", "/console/logout", "{}", Optional.of(left.csrf()))
                        .statusCode())
                .isEqualTo(204);
        assertThat(get(left, "/api/incidents")).isEqualTo(401);

        Browser idle = signIn(Scope.READ_TELEMETRY);
        server.advance(Duration.ofMinutes(31));
        assertThat(get(idle, "/api/incidents")).isEqualTo(401);

        Browser old = signIn(Scope.READ_TELEMETRY);
        for (int minutes = 0; minutes < 12 * 60; minutes += 24) {
            assertThat(get(old, "/api/incidents")).isEqualTo(200);
            server.advance(Duration.ofMinutes(24));
        }
        assertThat(get(old, "/api/incidents")).isEqualTo(401);

        String key = server.keyOf(Tenant.unlimited("ops"), Scope.READ_TELEMETRY);
        Browser revoked = browser(login(key));
        server.tenancy()
                .registry()
                .keys()
                .revoke(
                        TestServer.parse(send(revoked, "GET", "/console/session", "", Optional.empty())
                                        .body())
                                .path("key")
                                .asText(),
                        "test");
        assertThat(get(revoked, "/api/incidents")).isEqualTo(401);
    }

    @Test
    void sessionsAreBounded() {
        Browser first = signIn(Scope.READ_TELEMETRY);
        Browser second = signIn(Scope.READ_TELEMETRY);
        signIn(Scope.READ_TELEMETRY);
        assertThat(get(first, "/api/incidents")).isEqualTo(200);
        signIn(Scope.READ_TELEMETRY);

        assertThat(get(second, "/api/incidents")).as("idle longest").isEqualTo(401);
        assertThat(get(first, "/api/incidents")).isEqualTo(200);
    }

    @Test
    void failedLoginsAreLimited() {
        String good = server.keyOf(Tenant.unlimited("ops"), Scope.ADMIN);
        for (int i = 0; i < 4; i++) {
            assertThat(login("vt_wrong").statusCode()).isEqualTo(401);
        }
        HttpResponse<String> refused = login(good);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        server.advance(Duration.ofMinutes(1));
        assertThat(login(good).statusCode()).isEqualTo(200);
    }

    @Test
    void aPageOfAnotherSiteCannotSignInOrChat() {
        for (String path : List.of("/console/login", "/console/logout", "/console/chat")) {
            HttpRequest request = HttpRequest.newBuilder(server.managementUri(path))
                    .header("content-type", "application/json")
                    .header("origin", "https://evil.example")
                    .POST(BodyPublishers.ofString("{}"))
                    .build();
            assertThat(server.send(request).statusCode()).as(path).isEqualTo(403);
        }
    }

    @Test
    void chatsAsTheTenantOfTheKey() {
        Browser admin = signIn(Scope.ADMIN);
        assertThat(send(admin, "POST", "/console/chat", CHAT, Optional.of(admin.csrf()))
                        .statusCode())
                .as("without the scope infer")
                .isEqualTo(403);
        Browser browser = browser(login(server.keyOf(Tenant.unlimited("acme"), Scope.READ_TENANT, Scope.INFER)));
        assertThat(send(browser, "POST", "/console/chat", CHAT, Optional.empty())
                        .statusCode())
                .isEqualTo(403);

        HttpResponse<String> answer = send(browser, "POST", "/console/chat", CHAT, Optional.of(browser.csrf()));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
        assertThat(server.awaitSummaries(1).get(0).tenantId()).isEqualTo("acme");
        String streamed = CHAT.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
        HttpResponse<String> events = send(browser, "POST", "/console/chat", streamed, Optional.of(browser.csrf()));
        assertThat(events.body()).endsWith("data: [DONE]\n\n");
        assertThat(events.headers().firstValue("content-type").orElseThrow()).startsWith("text/event-stream");
        HttpResponse<String> wrong = send(browser, "POST", "/console/chat", "{}", Optional.of(browser.csrf()));
        assertThat(wrong.statusCode()).isEqualTo(400);
    }

    @Test
    void aMadeUpTicketIsNoKey() {
        HttpRequest request = server.postRequest(TestServer.CHAT, CHAT)
                .header("x-vitrine-console-ticket", "guess")
                .build();
        assertThat(server.send(request).statusCode()).isEqualTo(401);
    }

    @Test
    void isOpenWhereNoKeyIsNeeded() {
        try (TestServer open = TestServer.start()) {
            JsonNode session =
                    TestServer.parse(open.getManagement("/console/session").body());
            assertThat(session.path("role").asText()).isEqualTo("admin");
            assertThat(session.path("sign_in_needed").asBoolean()).isFalse();
            assertThat(open.manage("POST", "/console/chat", CHAT, "").statusCode())
                    .isEqualTo(200);
        }
    }
}
