package io.vitrine.server.console;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ProfileRoutesTest {

    private static JsonNode ask(TestServer server, String path) {
        HttpResponse<String> response = server.getManagement(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.parse(response.body());
    }

    /** Something that takes the processor's time, in a method of its own. */
    private static long burn(AtomicBoolean stop) {
        long sum = 0;
        while (!stop.get()) {
            for (int i = 0; i < 1_000; i++) {
                sum = 31 * sum + i;
            }
        }
        return sum;
    }

    @Test
    void showsWhereTheTimeOfARoleWent() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread busy = new Thread(() -> burn(stop), "vitrine-engine-busy");
        busy.start();
        try (TestServer server = TestServer.start()) {
            assertThat(ask(server, "/api/profile").path("windows")).isEmpty();
            HttpResponse<String> started = server.manage("POST", "/api/profile", "{\"seconds\":2}", "");
            assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
            String id = TestServer.parse(started.body()).at("/windows/0/id").asText();
            assertThat(server.manage("POST", "/api/profile", "{\"seconds\":1}", "")
                            .statusCode())
                    .isEqualTo(409);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !ask(server, "/api/profile").path("running").asBoolean());

            JsonNode flame =
                    ask(server, "/api/profile/" + id + "/flame?role=engine").path("flame");
            assertThat(flame.at("/root/value").asDouble()).isPositive();
            assertThat(flame.path("root").toString()).contains("ProfileRoutesTest.burn");
            JsonNode all = ask(server, "/api/profile/" + id + "/flame").path("flame");
            assertThat(all.at("/root/children").findValuesAsText("name")).contains("engine");
            double roles = 0;
            for (JsonNode role : all.path("roles")) {
                roles += role.path("millis").asDouble();
            }
            assertThat(all.at("/root/value").asDouble()).isEqualTo(roles);
            assertThat(server.getManagement("/api/audit").body()).contains("profile_taken", "for 2 seconds");
        } finally {
            stop.set(true);
            busy.join();
        }
    }

    @Test
    void refusesOtherTimesAndUnknownProfiles() {
        try (TestServer server = TestServer.start()) {
            for (String body : List.of(
                    "{}", "{\"seconds\":0}", "{\"seconds\":61}", "{\"seconds\":1.5}", "{\"seconds\":1,\"x\":2}")) {
                assertThat(server.manage("POST", "/api/profile", body, "").statusCode())
                        .as(body)
                        .isEqualTo(400);
            }
            assertThat(server.getManagement("/api/profile/p9/flame").statusCode())
                    .isEqualTo(404);
        }
    }
}
