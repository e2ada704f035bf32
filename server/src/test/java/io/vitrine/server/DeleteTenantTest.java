package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.model.engine.ScriptedRunner.Gate;
import io.vitrine.server.archive.StoredServer;
import io.vitrine.store.ledger.CostEntry;
import io.vitrine.store.ledger.Feedback;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code store delete-tenant} leaves nothing of a tenant's requests, beside a running server and without one. */
@Timeout(120)
class DeleteTenantTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path data;

    @Test
    void leavesNothingOfTheRequestsOfARunningServer() throws IOException {
        try (StoredServer stored = new StoredServer(data, 2)) {
            assertThat(stored.chat("req-deleted", "^").statusCode()).isEqualTo(200);
            JsonNode found = stored.ask("/api/requests/req-deleted", request -> request.has("trace"));
            String tenant = found.findValue("tenant_id").asText();
            await().atMost(LIMIT).until(() -> log().contains("req-deleted"));

            JsonNode receipt = delete(tenant);
            assertThat(receipt.findValuesAsText("signal")).contains("spans", "logs", "log_file");
            await().atMost(LIMIT)
                    .until(() -> stored.server()
                                    .getManagement("/api/requests/req-deleted")
                                    .statusCode()
                            == 404);
            assertThat(log()).doesNotContain("req-deleted");

            // The server goes on writing to the same log file and the same day.
            assertThat(stored.chat("req-later", "^").statusCode()).isEqualTo(200);
            stored.ask("/api/requests/req-later");
            await().atMost(LIMIT).until(() -> log().contains("req-later"));
        }
        assertThat(allBytes()).contains("req-later").doesNotContain("req-deleted");
    }

    @Test
    void leavesNothingOfARequestThatIsStillRunning() throws IOException {
        try (StoredServer stored = new StoredServer(data, 2)) {
            assertThat(stored.chat("req-before", "^").statusCode()).isEqualTo(200);
            String tenant = stored.ask("/api/requests/req-before")
                    .findValue("tenant_id")
                    .asText();
            Gate gate = stored.server()
                    .runner()
                    .holdAt(stored.server().runner().steps().size());
            CompletableFuture<HttpResponse<String>> running =
                    CompletableFuture.supplyAsync(() -> stored.chat("req-running", "^"));
            gate.awaitReached();
            delete(tenant);
            gate.release();
            assertThat(running.join().statusCode()).isEqualTo(200);

            assertThat(stored.chat("req-later", "^").statusCode()).isEqualTo(200);
            stored.ask("/api/requests/req-later");
            await().atMost(LIMIT).until(() -> log().contains("req-later"));
            assertThat(log()).doesNotContain("req-running");
        }
        assertThat(allBytes())
                .contains("req-later")
                .doesNotContain("req-running")
                .doesNotContain("req-before");
    }

    @Test
    void saysWhatOfTheLedgerIsKeptAndWhy() {
        enter();
        JsonNode receipt = delete("acme");
        assertThat(line(receipt, "feedback").path("rows_deleted").asInt()).isEqualTo(1);
        JsonNode entries = line(receipt, "cost_entries");
        assertThat(entries.path("rows_kept").asInt()).isEqualTo(1);
        assertThat(entries.path("reason").asText()).contains("legal record").contains("under its name");
        try (Ledger ledger = Ledger.open(LedgerSettings.in(data.resolve("store")))) {
            assertThat(ledger.find("r1")).isPresent();
            assertThat(ledger.feedback("r1")).isEmpty();
        }
    }

    @Test
    void pseudonymisesTheLedgerWhenAskedTo() throws IOException {
        enter();
        JsonNode receipt = delete("acme", "--pseudonymise-ledger");
        assertThat(line(receipt, "cost_entries").path("reason").asText()).contains("under the name erased-");
        try (Ledger ledger = Ledger.open(LedgerSettings.in(data.resolve("store")))) {
            assertThat(ledger.find("r1")).isEmpty();
        }
        assertThat(allBytes()).doesNotContain("acme-trace");
    }

    private void enter() {
        try (Ledger ledger = Ledger.open(LedgerSettings.in(data.resolve("store")))) {
            long at = Instant.now().toEpochMilli();
            ledger.append(new CostEntry(
                            "r1",
                            "r1",
                            at,
                            "acme",
                            "vt_a",
                            "m",
                            "chat",
                            "completed",
                            1,
                            0,
                            1,
                            "EUR",
                            1L,
                            1L,
                            1,
                            1,
                            null,
                            "acme-trace"))
                    .join();
            ledger.rate(new Feedback("r1", at, "acme", 1, null)).join();
        }
    }

    private static JsonNode line(JsonNode receipt, String signal) {
        for (JsonNode line : receipt) {
            if (line.path("signal").asText().equals(signal)) {
                return line;
            }
        }
        throw new AssertionError("no " + signal + " in " + receipt);
    }

    private JsonNode delete(String tenant, String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commands = Main.commandLine();
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        String[] arguments = Stream.concat(
                        Stream.of("store", "delete-tenant", tenant, "--data", data.toString(), "--format", "json"),
                        Stream.of(options))
                .toArray(String[]::new);
        assertThat(commands.execute(arguments)).as(err.toString()).isZero();
        return TestServer.parse(out.toString());
    }

    private String log() throws IOException {
        return Files.readString(data.resolve("logs/vitrine.json"));
    }

    private String allBytes() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }
        return all.toString();
    }
}
