package io.vitrine.server.incidents;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A server that is killed keeps what it has answered for, and the next one collects the evidence that is missing. */
@Timeout(120)
class IncidentKillTest {

    @TempDir
    private Path data;

    @Test
    void survivesKillAndCollectsEvidenceAfterwards() throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = server.inputReader()) {
            String incidents = "http://127.0.0.1:" + output.readLine() + "/api/incidents";
            assertThat(post(incidents, "{\"title\":\"slow\",\"severity\":\"P1\"}"))
                    .isEqualTo(201);
            assertThat(post(incidents + "/1/assign", "{\"commander\":\"ann\"}")).isEqualTo(200);
            server.toHandle().destroyForcibly();
        }
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();

        try (TestServer next = TestServer.start("data=" + data)) {
            JsonNode incident = await().atMost(Duration.ofSeconds(30))
                    .until(
                            () -> TestServer.parse(
                                    next.getManagement("/api/incidents/1").body()),
                            one -> one.get("timeline").findValuesAsText("kind").contains("evidence"));

            assertThat(incident.get("commander").asText()).isEqualTo("ann");
            assertThat(incident.get("timeline").findValuesAsText("kind"))
                    .as("evidence is collected once")
                    .containsExactly("transition", "assigned", "evidence");
        }
    }

    private static int post(String address, String body) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address))
                                .header("content-type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        return response.statusCode();
    }

    /** Prints its management port and serves until it is killed; a slow item keeps evidence from being complete. */
    static final class Server {

        private Server() {}

        public static void main(String[] arguments) throws InterruptedException {
            TestServer server = TestServer.start("data=" + arguments[0]);
            System.out.println(server.server().managementPort());
            Thread.currentThread().join();
        }
    }
}
