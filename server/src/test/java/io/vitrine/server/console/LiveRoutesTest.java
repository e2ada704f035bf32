package io.vitrine.server.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.server.archive.StoredServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class LiveRoutesTest {

    @TempDir
    Path folder;

    private StoredServer stored;

    @BeforeEach
    void start() {
        stored = new StoredServer(folder, 2, "console.max-streams=2");
    }

    @AfterEach
    void stop() {
        stored.close();
    }

    private record Event(String id, String name, JsonNode data) {}

    /** A reader that goes on where it was. */
    private final class Reader implements AutoCloseable {

        private final InputStream body;
        private final BufferedReader lines;

        private Reader(String query, String lastEventId) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(stored.server().managementUri("/api/live?" + query));
            if (!lastEventId.isEmpty()) {
                request.header("last-event-id", lastEventId);
            }
            HttpResponse<InputStream> response =
                    stored.server().client().send(request.build(), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            body = response.body();
            lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            assertThat(next().name()).isEqualTo("hello");
        }

        private Event next() throws IOException {
            String id = "";
            String name = "";
            String data = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty() && !name.isEmpty()) {
                    return new Event(id, name, TestServer.parse(data));
                }
            }
            throw new AssertionError("the stream has ended");
        }

        private Event next(Predicate<Event> wanted) throws IOException {
            Event event = next();
            while (!wanted.test(event)) {
                event = next();
            }
            return event;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    @Test
    void showsARequestItsLogAndItsStepsWhenTheyHappen() throws Exception {
        try (Reader reader = new Reader("topics=requests,logs,steps,overview", "")) {
            // Rates are of the time since a reading before.
            reader.next(event -> event.name().equals("overview"));
            stored.chat("req_live", "hi");

            Map<String, JsonNode> seen = new HashMap<>();
            while (seen.size() < 4) {
                Event event = reader.next();
                boolean idle = event.name().equals("overview")
                        && event.data().path("requests_per_second").asDouble() == 0;
                if (!idle) {
                    seen.put(event.name(), event.data());
                }
            }
            assertThat(seen.get("steps").at("/steps/0/prefill_tokens").asInt()).isPositive();
            assertThat(seen.get("requests").path("request_id").asText()).isEqualTo("req_live");
            assertThat(seen.get("overview").path("slots").asInt()).isEqualTo(2);
            assertThat(seen.get("logs").has("event")).isTrue();
        }
        JsonNode first =
                TestServer.parse(stored.server().getManagement("/api/overview").body());
        assertThat(first.path("history").size()).isPositive();
    }

    @Test
    void aReaderThatComesBackMissesNothing() throws Exception {
        String last;
        List<String> seen = new ArrayList<>();
        try (Reader reader = new Reader("topics=requests", "")) {
            stored.chat("req_0", "hi");
            Event event = reader.next();
            seen.add(event.data().path("request_id").asText());
            last = event.id();
        }
        stored.chat("req_1", "hi");
        stored.chat("req_2", "hi");
        try (Reader reader = new Reader("topics=requests", last)) {
            seen.add(reader.next().data().path("request_id").asText());
            seen.add(reader.next().data().path("request_id").asText());
            stored.chat("req_3", "hi");
            seen.add(reader.next().data().path("request_id").asText());
        }
        assertThat(seen).containsExactly("req_0", "req_1", "req_2", "req_3");
    }

    @Test
    void saysThatEventsOfAnotherStartAreGone() throws Exception {
        try (Reader reader = new Reader("topics=requests", "deadbeef-1.1.1.1.1")) {
            Event dropped = reader.next();
            assertThat(dropped.name()).isEqualTo("dropped");
            assertThat(dropped.data().path("reason").asText()).isEqualTo("restarted");
        }
    }

    @Test
    void filtersByTheSearchLanguage() throws Exception {
        try (Reader reader = new Reader("topics=requests&q=out:3", "")) {
            stored.chat("req_8", "hi");
            stored.server()
                    .post(
                            TestServer.CHAT,
                            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                                    + "\"max_tokens\":3}");
            assertThat(reader.next().data().path("output_tokens").asInt()).isEqualTo(3);
        }
    }

    @Test
    void refusesWhatItCannotFollow() throws Exception {
        assertThat(stored.server().getManagement("/api/live").statusCode()).isEqualTo(400);
        assertThat(stored.server().getManagement("/api/live?topics=weather").statusCode())
                .isEqualTo(400);
        HttpResponse<String> mistake = stored.server().getManagement("/api/live?topics=logs&q=nokey:1");
        assertThat(mistake.statusCode()).isEqualTo(400);
        assertThat(mistake.body()).contains("\"position\":0");
    }

    @Test
    void streamsAreBoundedAndGivenBack() throws Exception {
        try (Reader one = new Reader("topics=logs", "");
                Reader two = new Reader("topics=logs", "")) {
            assertThat(one.body).isNotNull();
            assertThat(two.body).isNotNull();
            assertThat(stored.server().getManagement("/api/live?topics=logs").statusCode())
                    .isEqualTo(429);
        }
        await().ignoreExceptions().untilAsserted(() -> {
            try (Reader again = new Reader("topics=logs", "")) {
                assertThat(again.body).isNotNull();
            }
        });
    }

    @Test
    void textOfClientsStaysText() throws Exception {
        try (Reader reader = new Reader("topics=logs", "")) {
            stored.server()
                    .send(stored.server()
                            .postRequest(
                                    TestServer.CHAT
                                            + "/<script>alert(1)<%2Fscript>%0Aevent:x"
                                                    .replace("<", "%3C")
                                                    .replace(">", "%3E"),
                                    "{}")
                            .build());
            Event event = reader.next(one -> one.data().path("event").asText().equals("request_completed"));
            assertThat(event.name()).isEqualTo("logs");
        }
    }
}
