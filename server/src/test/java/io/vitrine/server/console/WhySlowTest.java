package io.vitrine.server.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.PacedRunner;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.archive.StoredServer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Faults are injected into a running server; the phase that is named must be the fault's. */
class WhySlowTest {

    private static final int OF_EACH = 40;
    private static final int USUAL = 30;
    private static final int SLOTS = 16;
    private static final double RIGHT = 0.95;
    private static final long STEP = TimeUnit.MICROSECONDS.toNanos(300);
    private static final long PROMPT_TOKEN = TimeUnit.MICROSECONDS.toNanos(200);

    private static final Set<String> QUEUE = Set.of("queue");
    private static final Set<String> NEIGHBOUR = Set.of("neighbour_prefill");
    private static final Set<String> PREEMPTION = Set.of("preemption");
    private static final Set<String> PAUSE = Set.of("gc_pause");
    private static final Set<String> CLIENT = Set.of("slow_client", "slow_upload");

    @TempDir
    Path folder;

    private final Map<String, Set<String>> expected = new LinkedHashMap<>();
    private final Map<String, Map<String, Integer>> answers = new TreeMap<>();
    private int right;

    @Test
    void namesTheInjectedFaultOf200Requests() throws Exception {
        try (StoredServer stored = server("plenty", SLOTS, 512)) {
            usual(stored);
            queueFlood(stored);
            longPromptOfANeighbour(stored);
            pausesOfTheCollector(stored);
            slowClients(stored);
            check(stored);
        }
        try (StoredServer stored = server("tight", 2, 26)) {
            usual(stored);
            preemptions(stored);
            check(stored);
        }
        assertThat(right).as("of 200: %s", answers).isGreaterThanOrEqualTo((int) Math.ceil(5 * OF_EACH * RIGHT));
    }

    private StoredServer server(String name, int slots, int pages) {
        return new StoredServer(
                folder.resolve(name),
                ignored -> TestModel.with(new PacedRunner(TestModel.runnerWithPages(pages), STEP, PROMPT_TOKEN), slots),
                "engine.draft-tokens=0",
                "engine.prefill-chunk=64",
                "server.stream-buffer-bytes=64MiB",
                "server.answer-memory=256MiB");
    }

    private static String body(String prompt, int tokens, String more) {
        return "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt
                + "\"}],\"ignore_eos\":true,\"max_tokens\":" + tokens + more + "}";
    }

    private static CompletableFuture<HttpResponse<String>> send(
            StoredServer stored, String id, String prompt, int tokens) {
        return stored.server()
                .client()
                .sendAsync(
                        stored.server()
                                .postRequest(TestServer.CHAT, body(prompt, tokens, ""))
                                .header("x-request-id", id)
                                .build(),
                        BodyHandlers.ofString());
    }

    private static void usual(StoredServer stored) {
        for (int i = 0; i < USUAL; i++) {
            send(stored, "usual_" + i, "hi", 40).join();
        }
    }

    private void queueFlood(StoredServer stored) {
        for (int i = 0; i < OF_EACH; i += 4) {
            List<CompletableFuture<?>> sent = new ArrayList<>();
            // Its choices take all slots at once.
            sent.add(stored.server().postAsync(TestServer.CHAT, body("hi", 450, ",\"n\":" + SLOTS)));
            awaitRunning(stored, SLOTS);
            for (int k = 0; k < 4; k++) {
                sent.add(send(stored, expect("queue_" + (i + k), QUEUE), "hi", 20));
            }
            sent.forEach(CompletableFuture::join);
        }
    }

    private static void awaitRunning(StoredServer stored, int count) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> stored.server().engine().runningCount() >= count);
    }

    private void longPromptOfANeighbour(StoredServer stored) throws Exception {
        for (int i = 0; i < OF_EACH; i++) {
            List<CompletableFuture<?>> neighbour = new ArrayList<>();
            int round = i;
            afterFirstToken(stored, expect("neighbour_" + i, NEIGHBOUR), "hi", 60, () -> {
                // Each with a beginning of its own, or the prefix cache would have it.
                String prompt = (round + " prompt").repeat(60).substring(0, 440);
                neighbour.add(send(stored, "long_" + round, prompt, 1));
            });
            neighbour.forEach(CompletableFuture::join);
        }
    }

    private void pausesOfTheCollector(StoredServer stored) throws Exception {
        List<long[]> ballast = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            ballast.add(new long[8]);
        }
        for (int i = 0; i < OF_EACH; i++) {
            afterFirstToken(stored, expect("pause_" + i, PAUSE), "hi", 60, System::gc);
        }
        assertThat(ballast).hasSize(200_000);
    }

    private void preemptions(StoredServer stored) throws Exception {
        for (int i = 0; i < OF_EACH; i++) {
            List<CompletableFuture<?>> victim = new ArrayList<>();
            int round = i;
            afterFirstToken(
                    stored,
                    "older_" + i,
                    "hi",
                    380,
                    () -> victim.add(send(stored, expect("preempted_" + round, PREEMPTION), "ho", 200)));
            victim.forEach(CompletableFuture::join);
        }
    }

    /** Most of them send their body slowly, every fourth takes its answer slowly. */
    private void slowClients(StoredServer stored) throws Exception {
        for (int i = 0; i < OF_EACH; i++) {
            try (Socket socket = stored.server().socket()) {
                if (i % 4 != 0) {
                    String body = body("hi", 8, "");
                    write(socket, head(expect("upload_" + i, CLIENT), body) + body.substring(0, 20));
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                    write(socket, body.substring(20));
                } else {
                    socket.setReceiveBufferSize(1_024);
                    String body = body("#", 200, ",\"stream\":true,\"n\":16,\"logprobs\":true,\"top_logprobs\":20");
                    write(socket, head(expect("reader_" + i, CLIENT), body));
                    write(socket, body);
                    awaitIdleAfterRunning(stored);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
                    socket.setReceiveBufferSize(4 << 20);
                }
                readToEnd(socket.getInputStream());
            }
        }
    }

    private static void awaitIdleAfterRunning(StoredServer stored) {
        awaitRunning(stored, 1);
        await().until(() -> stored.server().engine().runningCount() == 0);
    }

    private static void afterFirstToken(StoredServer stored, String id, String prompt, int tokens, Runnable then)
            throws Exception {
        HttpResponse<InputStream> response = stored.server()
                .client()
                .send(
                        stored.server()
                                .postRequest(TestServer.CHAT, body(prompt, tokens, ",\"stream\":true"))
                                .header("x-request-id", id)
                                .build(),
                        BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (!line.contains("\"content\":\"a")) {
                line = lines.readLine();
            }
            then.run();
            while (line != null) {
                line = lines.readLine();
            }
        }
    }

    private String expect(String id, Set<String> phases) {
        expected.put(id, phases);
        return id;
    }

    private void check(StoredServer stored) {
        expected.forEach((id, phases) -> {
            JsonNode why = stored.ask("/api/requests/" + id + "/why", answer -> answer.path("trace_kept")
                    .asBoolean());
            String phase = why.at("/cause/phase").asText();
            right += phases.contains(phase) ? 1 : 0;
            answers.computeIfAbsent(id.substring(0, id.indexOf('_')), kind -> new TreeMap<>())
                    .merge(phase, 1, Integer::sum);
            assertAddsUp(why);
        });
        expected.clear();
    }

    private static void assertAddsUp(JsonNode why) {
        double sum = 0;
        for (JsonNode phase : why.path("phases")) {
            sum += phase.path("duration_ms").asDouble();
        }
        assertThat(sum).isCloseTo(why.path("duration_ms").asDouble(), Offset.offset(0.01));
    }

    private static String head(String id, String body) {
        return "POST " + TestServer.CHAT + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nX-Request-Id: " + id + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void readToEnd(InputStream in) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        int read = in.read(buffer);
        while (read >= 0) {
            read = in.read(buffer);
        }
    }
}
