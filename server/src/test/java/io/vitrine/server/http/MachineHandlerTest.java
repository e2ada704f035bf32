package io.vitrine.server.http;

import java.net.http.HttpResponse;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The machine over HTTP, as operators see it. */
class MachineHandlerTest {

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showsTheHostOfAMachineWithoutGpu() {
        HttpResponse<String> response = server.getManagement("/api/gpu");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode body = TestServer.parse(response.body());
        assertThat(body.get("gpus")).isEmpty();
        assertThat(body.at("/host/values/cpu_count").asInt()).isPositive();
        assertThat(body.at("/history/host/minutes").asInt()).isZero();
    }

    @Test
    void saysThatAdviceNeedsAnHour() {
        JsonNode body =
                TestServer.parse(server.getManagement("/api/capacity?hours=6").body());

        assertThat(body.get("window_hours").asInt()).isEqualTo(6);
        assertThat(body.get("least_minutes").asInt()).isEqualTo(60);
        assertThat(body.at("/subjects/0/kind").asText()).isEqualTo("host");
        assertThat(body.at("/subjects/0/advice/0/kind").asText()).isEqualTo("wait");
    }

    @Test
    void looksBackADayIfNotTold() {
        assertThat(TestServer.parse(server.getManagement("/api/capacity").body())
                        .get("window_hours")
                        .asInt())
                .isEqualTo(24);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "25", "-1", "1.5", "99999999999999999999", "all", ""})
    void refusesAWindowThatIsNone(String hours) {
        HttpResponse<String> response = server.getManagement("/api/capacity?hours=" + hours);

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = TestServer.parse(response.body()).get("error");
        assertThat(error.get("param").asText()).isEqualTo("hours");
        assertThat(error.get("message").asText()).isEqualTo("hours must be a whole number from 1 to 24: " + hours);
    }
}
