package io.vitrine.server.tenancy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.vitrine.server.TestServer;
import io.vitrine.store.ledger.CostFilter;
import io.vitrine.store.ledger.CostSum;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A server that is killed under load has every request in its books whose answer was complete, and none twice. */
@Timeout(120)
class ServerKillTest {

    private static final int CLIENTS = 8;
    private static final int ANSWERS = 200;
    private static final String CHAT =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}],\"stream\":%s}";

    @TempDir
    private Path data;

    @Test
    void everyRequestWhoseAnswerWasCompleteIsInTheLedgerOnce() throws Exception {
        List<String> answered = new CopyOnWriteArrayList<>();
        Process server = start();
        try (BufferedReader output = server.inputReader()) {
            URI chat = URI.create("http://127.0.0.1:" + output.readLine() + TestServer.CHAT);
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            for (int i = 0; i < CLIENTS; i++) {
                boolean streamed = i % 2 == 0;
                clients.execute(() -> askUntilKilled(chat, streamed, answered, server));
            }
            clients.shutdown();
            assertThat(clients.awaitTermination(90, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();

        try (Ledger ledger = Ledger.open(LedgerSettings.in(data.resolve("store")))) {
            assertThat(answered).hasSizeGreaterThanOrEqualTo(ANSWERS).doesNotHaveDuplicates();
            assertThat(answered).allSatisfy(id -> assertThat(ledger.findLatest("default", id))
                    .isPresent());
            CostSum sum = ledger.sums(new CostFilter(LocalDate.EPOCH, LocalDate.of(9999, 12, 31), null))
                    .get(0);
            assertThat(sum.requests())
                    .as("no more than what was answered and what was under way")
                    .isBetween((long) answered.size(), (long) answered.size() + CLIENTS);
        }
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void askUntilKilled(URI chat, boolean streamed, List<String> answered, Process server) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(chat)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(CHAT.formatted(streamed)))
                .build();
        try {
            while (true) {
                HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
                answered.add(answer.headers().firstValue("x-request-id").orElseThrow());
                if (answered.size() >= ANSWERS) {
                    server.toHandle().destroyForcibly();
                }
            }
        } catch (IOException e) {
            // Killed in the middle of this one, which nobody has seen complete.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints its port and serves until it is killed. */
    static final class Server {

        private Server() {}

        public static void main(String[] arguments) throws InterruptedException {
            TestServer server = TestServer.start("data=" + arguments[0]);
            System.out.println(server.server().apiPort());
            Thread.currentThread().join();
        }
    }
}
