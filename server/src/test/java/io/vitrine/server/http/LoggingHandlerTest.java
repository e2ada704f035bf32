package io.vitrine.server.http;

import java.net.http.HttpResponse;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Levels over HTTP, as an operator changes them while the server runs. */
class LoggingHandlerTest {

    private static final String PATH = "/api/telemetry/logging";
    private static final String JSON = "application/json";

    @TempDir
    private Path directory;

    private Telemetry telemetry;
    private TestServer server;

    @BeforeEach
    void start() {
        telemetry = Telemetry.start(
                new TelemetrySettings(
                        "test",
                        false,
                        true,
                        TestTelemetry.settings(),
                        LogSettings.in(directory).withConsole(ConsoleFormat.OFF)),
                System::nanoTime);
        server = TestServer.start(telemetry, 1);
    }

    @AfterEach
    void stop() {
        server.close();
        telemetry.close();
    }

    @Test
    void showsEveryCategory() {
        HttpResponse<String> response = server.getManagement(PATH);

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode levels = TestServer.parse(response.body()).path("levels");
        assertThat(levels).hasSize(LogCategory.values().length);
        assertThat(levels).allSatisfy(level -> assertThat(level.asText()).isEqualTo("info"));
    }

    @Test
    void changesWhatIsNamedAndShowsTheWhole() {
        HttpResponse<String> response = put("{'levels': {'inference': 'debug', 'rate-limit': 'off', 'auth': 'info'}}");

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode levels = TestServer.parse(response.body()).path("levels");
        assertThat(levels.path("inference").asText()).isEqualTo("debug");
        assertThat(levels.path("rate-limit").asText()).isEqualTo("off");
        assertThat(levels.path("response").asText()).isEqualTo("info");
        assertThat(server.getManagement(PATH).body()).isEqualTo(response.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{; ; not valid JSON",
                "[]; ; must be a JSON object",
                "{}; levels; missing required parameter: levels",
                "{'levels': 'debug'}; levels; levels must be an object of categories and levels",
                "{'level': {}, 'levels': {}}; level; the only field is levels: level",
                "{'levels': {'infrence': 'debug'}}; levels; must be one of auth, rate-limit, model, inference",
                "{'levels': {'inference': 'verbose'}}; levels.inference; must be one of trace, debug, info, warn, error, off",
                "{'levels': {'inference': null}}; levels.inference; must be one of trace",
                "{'levels': {'inference': 'debug', 'audit': 'warn'}}; levels.audit; an audit that can be silenced is none",
            })
    void refusesWhatMeansNothingAndChangesNothing(String body, String param, String message) {
        String before = server.getManagement(PATH).body();

        HttpResponse<String> response = put(body);

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = TestServer.parse(response.body()).path("error");
        assertThat(error.path("param").asText(null)).isEqualTo(param);
        assertThat(error.path("message").asText()).contains(message);
        assertThat(server.getManagement(PATH).body()).isEqualTo(before);
    }

    @Test
    void takesNothingButJsonOfAModestSize() {
        assertThat(server.putManagement(PATH, "text/plain", "{}").statusCode()).isEqualTo(415);
        assertThat(put("{'levels': {}}" + " ".repeat(5_000)).statusCode()).isEqualTo(413);
    }

    @Test
    void isNotFoundWhenLogsAreOff() {
        try (TestServer silent = TestServer.start()) {
            assertThat(silent.getManagement(PATH).statusCode()).isEqualTo(404);
            assertThat(silent.putManagement(PATH, JSON, "{\"levels\":{}}").body())
                    .contains("telemetry.logs.enabled");
        }
    }

    private HttpResponse<String> put(String body) {
        return server.putManagement(PATH, JSON, body.replace('\'', '"'));
    }
}
