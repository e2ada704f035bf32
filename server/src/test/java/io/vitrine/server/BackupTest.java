package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.tenants.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code store backup} beside a server that answers requests, and a server that starts on what it made. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BackupTest {

    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aBackupUnderLoadStartsAServerWithKeysAndCosts() throws Exception {
        Path backup = folder.resolve("backup");
        Path restored = folder.resolve("restored");
        String key;
        long before;
        try (TestServer server = TestServer.start()) {
            key = server.keyOf(Tenant.unlimited("acme"));
            for (int request = 0; request < 5; request++) {
                assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(200);
            }
            before = entries(server.data());
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
                while (!enough.get()) {
                    server.post(TestServer.CHAT, BODY, key);
                }
            });

            assertThat(run(
                            "store",
                            "backup",
                            backup.toString(),
                            "--data",
                            server.data().toString()))
                    .as(err.toString())
                    .isZero();
            enough.set(true);
            load.join();

            Path store = Files.createDirectories(restored).resolve("store");
            Files.move(backup, store);
            Files.copy(server.data().resolve("store").resolve("pepper"), store.resolve("pepper"));
        }
        assertThat(before).isEqualTo(5);
        assertThat(entries(restored)).as("all that was acknowledged before").isGreaterThanOrEqualTo(before);

        try (TestServer server = TestServer.start("data=" + restored, "tenants.keys-required=true")) {
            assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(200);
            assertThat(server.post(TestServer.CHAT, BODY).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void overwritesNothing() throws IOException {
        Path there = Files.createDirectories(folder.resolve("there"));
        Files.createDirectories(folder.resolve("data").resolve("store"));
        for (Path target :
                List.of(there, folder.resolve("data").resolve("store").resolve("inside"))) {
            assertThat(run(
                            "store",
                            "backup",
                            target.toString(),
                            "--data",
                            folder.resolve("data").toString()))
                    .isEqualTo(1);
        }
        assertThat(err.toString()).contains("must be a new folder", "must not lie in the store itself");
    }

    private long entries(Path data) {
        out.getBuffer().setLength(0);
        assertThat(run("costs", "--format", "json", "--data", data.toString())).isZero();
        long sum = 0;
        for (JsonNode requests : TestServer.parse(out.toString()).findValues("requests")) {
            sum += requests.asLong();
        }
        return sum;
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
