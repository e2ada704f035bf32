package io.vitrine.server.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;

import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is no text, or too long, is refused with a short answer. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ManagementInputTest {

    private static final int SHORT = 600;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/costs?tenant=%ff",
                "/api/costs?%c3=a",
                "/api/audit?tenant=%ed%a0%80",
                "/api/requests/%ff",
                "/api/tenants/%c3%28",
                "/api/nothing?x=%e2%82"
            })
    void escapesThatAreNoUtf8Are400(String target) throws IOException {
        try (TestServer server = TestServer.start()) {
            assertThat(server.exchangeWithManagement(
                            "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\"code\":\"invalid_http\"", "cannot be read");
        }
    }

    @Test
    void aTenantOfUtf8IsNotFoundAndNotMisread() {
        try (TestServer server = TestServer.start()) {
            assertThat(server.getManagement("/api/tenants/caf%C3%A9").statusCode())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"\\ud800\"}",
                "{\"priority\":null}",
                "{\"priority\":\"\\ud800\"}",
                "{\"limits\":null}",
                "{\"limits\":{\"\\ud800\":1}}",
                "{\"models\":[\"\\udfff\"]}",
                "{\"models\":[null]}",
                "{\"sla\":{\"ttft-ms\":null}}",
                "null",
                "[]"
            })
    void aTenantThatIsNoneSaysWhyInPlainText(String body) {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> response = server.putManagement("/api/tenants/acme", "application/json", body);

            String message =
                    TestServer.parse(response.body()).at("/error/message").asText();
            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(message).isNotBlank().doesNotStartWith("null").doesNotContain("?\"", "Exception", "\ud800");
            assertThat(message.codePoints()).noneMatch(point -> point >= 0xd800 && point <= 0xdfff);
        }
    }

    @Test
    void anIdThatIsTooLongIsNotEchoedWhole() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> response =
                    server.putManagement("/api/tenants/" + "a".repeat(5_000), "application/json", "{}");

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("1 to 64").hasSizeLessThan(SHORT);
        }
    }
}
