package io.vitrine.server.http;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.tenants.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.chat;
import static org.assertj.core.api.Assertions.assertThat;

/** What pages in a browser may do: those of other names, those of other sites, and those of origins that are allowed to. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BrowsersTest {

    private static final String ORIGIN = "https://app.example";
    private static final String CORS = "http.cors.origins=" + ORIGIN + ",http://localhost:3000";

    @ParameterizedTest
    @CsvSource({
        "evil.example, 403",
        "evil.example:8080, 403",
        "127.0.0.1.evil.example, 403",
        "localhost.evil.example, 403",
        "192.168.1.5, 403",
        "LOCALHOST:8080, 200",
        "localhost., 200",
        "127.0.0.1:8080, 200",
        "[::1]:8080, 200",
        "inference.example, 200",
        "INFERENCE.example:443, 200"
    })
    void withoutAKeyOnlyKnownHostsAreAnswered(String host, int status) throws IOException {
        try (TestServer server =
                TestServer.start(TestTelemetry.metrics(), 1, "server.allowed-hosts=inference.example")) {
            for (String path : List.of("/v1/models", "/health")) {
                assertStatus(server.exchange(get(path, host)), status, "foreign_host");
            }
            for (String path : List.of("/metrics", "/api/keys", "/api/telemetry/tracing")) {
                String answer = server.exchangeWithManagement(get(path, host));
                if (status != 200 || !path.endsWith("tracing")) {
                    assertStatus(answer, status, "foreign_host");
                }
            }
        }
    }

    private static void assertStatus(String answer, int status, String code) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        if (status != 200) {
            assertThat(answer).contains("\"error\":{\"message\":", "\"code\":\"" + code + "\"");
        }
    }

    @Test
    void withAKeyAnyHostIsAnswered() throws IOException {
        try (TestServer server = TestServer.start("tenants.keys-required=true")) {
            String key = server.keyOf(Tenant.unlimited("acme"));

            assertThat(server.exchange(get("/v1/models", "evil.example", "Authorization: Bearer " + key)))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aKeyIsLookedAtBeforeTheHost() throws IOException {
        try (TestServer server = TestServer.start()) {
            String key = server.keyOf(Tenant.unlimited("acme"));

            assertThat(server.exchange(get("/v1/models", "evil.example", "Authorization: Bearer " + key)))
                    .startsWith("HTTP/1.1 200 ");
            String other = key.substring(0, key.length() - 4) + "AAAA";
            for (String path : List.of("/v1/models", "/health")) {
                assertThat(server.exchange(get(path, "evil.example", "Authorization: Bearer " + other)))
                        .startsWith("HTTP/1.1 401 ");
                assertThat(server.exchange(get(path, "evil.example", "Authorization: Bearer none")))
                        .startsWith("HTTP/1.1 403 ");
            }
        }
    }

    @Test
    void theHostOfAnAbsoluteTargetCounts() throws IOException {
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 1)) {
            for (String path : List.of("http://evil.example/metrics", "http://x@localhost/metrics")) {
                assertThat(server.exchangeWithManagement(get(path, "localhost")))
                        .startsWith("HTTP/1.1 400 ");
            }
            assertThat(server.exchangeWithManagement(get("http://evil.example/metrics", "evil.example")))
                    .startsWith("HTTP/1.1 403 ");
            assertThat(server.exchangeWithManagement("GET http://evil.example/metrics HTTP/1.0\r\n\r\n"))
                    .startsWith("HTTP/1.0 403 ");
            for (String target : List.of("http://LOCALHOST", "http://localhost:80", "https://localhost:443")) {
                assertThat(server.exchangeWithManagement(get(target + "/metrics", "localhost")))
                        .as(target)
                        .startsWith("HTTP/1.1 200 ");
            }
            assertThat(server.exchangeWithManagement(get("http://localhost:443/metrics", "localhost")))
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "-",
            value = {
                "application/json; -; -; 404",
                "application/json; http://localhost:8081; same-origin; 404",
                "application/json; HTTP://LOCALHOST:8081; same-origin; 404",
                "application/json; http://localhost:3000; same-site; 403",
                "application/json; http://localhost; -; 403",
                "application/json; https://localhost:8081; -; 403",
                "application/json; http://evil@localhost:8081; -; 403",
                "application/json; http://localhost:8081/; -; 403",
                "application/json; http://localhost:8081|http://localhost:8081; -; 403",
                "application/json; -; none; 404",
                "application/x-www-form-urlencoded; -; -; 415",
                "text/plain; http://localhost:8081; -; 415",
                "application/json; https://evil.example; -; 403",
                "application/json; null; -; 403",
                "application/json; -; cross-site; 403",
                "application/json; http://localhost.evil.example; same-site; 403",
            })
    void aChangeIsJsonAndFromNoOtherSite(String type, String origin, String site, int status) throws IOException {
        try (TestServer server = TestServer.start()) {
            String headers = (origin == null ? "" : "Origin: " + origin.replace("|", "\r\nOrigin: ") + "\r\n")
                    + (site == null ? "" : "Sec-Fetch-Site: " + site + "\r\n");
            for (String route : List.of("POST /api/keys/vt_00000000/revoke", "DELETE /api/tenants/nobody")) {
                String answer =
                        server.exchangeWithManagement(route + " HTTP/1.1\r\nHost: localhost:8081\r\nContent-Type: "
                                + type + "\r\n" + headers + "Content-Length: 0\r\nConnection: close\r\n\r\n");

                assertThat(answer).as(route).startsWith("HTTP/1.1 " + status + " ");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://inference.example, 404",
        "https://inference.example:443, 404",
        "http://inference.example, 404",
        "https://inference.example:8443, 403",
        "https://other.example, 403"
    })
    void aConfiguredNameMayComeThroughAProxyWithTls(String origin, int status) throws IOException {
        try (TestServer server = TestServer.start("server.allowed-hosts=inference.example")) {
            assertThat(server.exchangeWithManagement(
                            "DELETE /api/tenants/nobody HTTP/1.1\r\nHost: inference.example\r\n"
                                    + "Content-Type: application/json\r\nOrigin: " + origin
                                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void corsIsOffByDefault() throws IOException {
        try (TestServer server = TestServer.start()) {
            assertThat(server.exchange(preflight(ORIGIN))
                            + server.exchange(get("/v1/models", "localhost", "Origin: " + ORIGIN)))
                    .doesNotContainIgnoringCase("access-control");
        }
    }

    @Test
    void aPreflightIsAnsweredWithoutAKey() throws IOException {
        try (TestServer server = TestServer.start(CORS, "tenants.keys-required=true")) {
            String answer = server.exchange(preflight(ORIGIN));

            assertThat(answer).startsWith("HTTP/1.1 204 ");
            assertThat(header(answer, "access-control-allow-origin")).isEqualTo(ORIGIN);
            assertThat(header(answer, "access-control-allow-methods")).isEqualTo("POST, OPTIONS");
            assertThat(header(answer, "access-control-allow-headers"))
                    .isEqualTo("authorization, content-type, x-stainless-os");
            assertThat(header(answer, "vary").toLowerCase(Locale.ROOT))
                    .contains("origin", "access-control-request-headers");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "https://app.example.evil", "http://app.example", "null"})
    void anotherOriginIsNotAllowed(String origin) throws IOException {
        try (TestServer server = TestServer.start(CORS)) {
            for (String answer : List.of(
                    server.exchange(preflight(origin)),
                    server.exchange(get("/v1/models", "localhost", "Origin: " + origin)))) {
                assertThat(answer).doesNotContainIgnoringCase("access-control");
                assertThat(header(answer, "vary")).isEqualToIgnoringCase("origin");
            }
        }
    }

    @Test
    void successErrorsAndStreamsMayBeReadByAnAllowedOrigin() throws IOException {
        try (TestServer server = TestServer.start(CORS)) {
            for (String request : List.of(
                    get("/v1/models", "localhost", "Origin: " + ORIGIN),
                    get("/nothing", "localhost", "Origin: " + ORIGIN),
                    get("/v1/models/%zz", "localhost", "Origin: " + ORIGIN),
                    get("/health", "localhost", "Origin: " + ORIGIN, "Transfer-Encoding: gzip"),
                    post(chat("^", "")),
                    post(chat("^", "'stream': true")),
                    post("{"))) {
                String answer = server.exchange(request);

                assertThat(header(answer, "access-control-allow-origin"))
                        .as(answer)
                        .isEqualTo(ORIGIN);
                assertThat(header(answer, "access-control-expose-headers"))
                        .contains(
                                "x-request-id",
                                "retry-after",
                                "x-ratelimit-remaining-tokens",
                                "x-ratelimit-reset-requests");
                assertThat(header(answer, "vary")).isEqualToIgnoringCase("origin");
            }
        }
    }

    @Test
    void allOriginsMayBeAllowed() throws IOException {
        try (TestServer server = TestServer.start("http.cors.origins=*")) {
            assertThat(header(
                            server.exchange(get("/v1/models", "localhost", "Origin: https://any.example")),
                            "access-control-allow-origin"))
                    .isEqualTo("*");
        }
    }

    private static String preflight(String origin) {
        return "OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin
                + "\r\nAccess-Control-Request-Method: POST\r\n"
                + "Access-Control-Request-Headers: authorization, content-type, x-stainless-os\r\nConnection: close\r\n\r\n";
    }

    private static String get(String path, String host, String... headers) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n"
                + Arrays.stream(headers).map(line -> line + "\r\n").reduce("", String::concat)
                + "Connection: close\r\n\r\n";
    }

    private static String post(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nOrigin: " + ORIGIN
                + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    /** A header's value; empty if there is none. */
    private static String header(String answer, String name) {
        return answer.substring(0, answer.indexOf("\r\n\r\n"))
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .reduce("", (first, second) -> first.isEmpty() ? second : first + ", " + second);
    }
}
