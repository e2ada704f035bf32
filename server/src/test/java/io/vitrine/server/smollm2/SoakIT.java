package io.vitrine.server.smollm2;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Many clients, some of whom leave in the middle: nothing may be lost, stuck or leaked. */
class SoakIT {

    private static final int CONNECTIONS = 8;
    private static final int REQUESTS = 200;

    @Test
    void losesNoSlotAndNoMemoryWhenAThirdOfItsClientsLeave() throws Exception {
        // Little KV memory, so that the first round has written all of it: it counts as resident only then.
        try (ServerProcess server = ServerProcess.start("engine.slots=8", "engine.context-length=512")) {
            soak(server, REQUESTS, 1); // fills caches and pools to their size
            awaitIdle(server);
            long before = server.residentBytes();
            soak(server, REQUESTS, 2);
            awaitIdle(server);
            assertThat((double) server.residentBytes() / before).isBetween(0.95, 1.05);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.stop()).isZero();
        }
    }

    private static void awaitIdle(ServerProcess server) {
        Awaitility.await("running, waiting and KV use back to nothing")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    assertThat(server.metric("vitrine_engine_running_sequences"))
                            .isZero();
                    assertThat(server.metric("vitrine_engine_waiting_sequences"))
                            .isZero();
                    assertThat(server.metric("vitrine_kv_used_pages")).isZero();
                });
    }

    private static void soak(ServerProcess server, int requests, long seed) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<Void>> ends = new ArrayList<>();
            for (int index = 0; index < requests; index++) {
                Random random = new Random(seed * requests + index);
                ends.add(clients.submit(request(server, index, random)));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private static Callable<Void> request(ServerProcess server, int index, Random random) {
        boolean stream = index % 2 == 0;
        boolean leaves = index % 3 == 0;
        String body = "{\"model\":\"" + ServerProcess.MODEL + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "word ".repeat(1 + random.nextInt(200)) + "\"}],\"max_tokens\":" + (8 + random.nextInt(40))
                + ",\"ignore_eos\":true,\"seed\":" + index + ",\"stream\":" + stream + "}";
        return () -> {
            // A client of its own is a connection of its own, which closing ends.
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/v1/chat/completions"))
                    .header("content-type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build();
            if (leaves) {
                leaveMidway(client, request, stream, random);
            } else {
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body()).contains(stream ? "[DONE]" : "\"finish_reason\":\"length\"");
            }
            return null;
        };
    }

    private static void leaveMidway(HttpClient client, HttpRequest request, boolean stream, Random random)
            throws IOException, InterruptedException {
        if (stream) {
            HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream events = answer.body()) {
                events.readNBytes(100 + random.nextInt(600));
            }
        } else {
            var answer = client.sendAsync(request, BodyHandlers.ofString());
            Awaitility.await()
                    .pollDelay(Duration.ofMillis(1 + random.nextInt(300)))
                    .until(() -> true);
            answer.cancel(true);
        }
    }
}
