package io.vitrine.server.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.FakeDriver;
import io.vitrine.server.GpuFault;

/** A server under fault and what acts on it from outside. What a fault has begun ends with {@link #endActs}. */
@SuppressWarnings("try") // closing waits for processes and may be interrupted
final class Scene implements AutoCloseable {

    static final String SHORT_PROMPT = "^";

    private static final long TICK_MILLIS = 20;

    private final Deque<AutoCloseable> acts = new ArrayDeque<>();
    private final ServerUnderFault server;
    private final Path folder;
    private final Collector collector;

    Scene(ServerUnderFault server, Path folder, Collector collector) {
        this.server = server;
        this.folder = folder;
        this.collector = collector;
    }

    void command(String command) throws IOException, InterruptedException {
        server.command(command);
    }

    /** More requests, until the fault ends. */
    void flood(double perSecond, IntFunction<String> prompt) {
        acts.push(new Traffic(server.url(), "", perSecond, prompt));
    }

    /** Requests of a tenant whose budget pays for a few. */
    void spendBudget() throws IOException, InterruptedException {
        server.send("PUT", "/api/tenants/small", "{\"budget\":{\"day\":\"0.05\",\"currency\":\"EUR\"}}");
        JsonNode key =
                server.send("POST", "/api/keys", "{\"tenant\":\"small\",\"name\":\"faults\",\"scopes\":[\"infer\"]}");
        acts.push(new Traffic(server.url(), key.path("key").asText(), 5, number -> SHORT_PROMPT));
    }

    void fillDisk() throws IOException {
        Path flag = folder.resolve("disk-is-full");
        Files.createFile(flag);
        acts.push(() -> Files.delete(flag));
    }

    /** Another process holds the ledger's write lock. */
    void lockLedger() throws SQLException {
        Connection connection = DriverManager.getConnection(
                "jdbc:sqlite:" + server.data().resolve("store").resolve("ledger.db"));
        connection.createStatement().execute("BEGIN IMMEDIATE");
        acts.push(connection);
    }

    void stopCollector() throws IOException {
        collector.stop();
        acts.push(collector::start);
    }

    /** Lets the timeline of a GPU run with the alerts' clock. */
    @SuppressWarnings("FutureReturnValueIgnored") // runs until it is shut down
    void runGpu(FakeDriver driver) {
        long began = System.nanoTime();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        timer.scheduleAtFixedRate(
                () -> driver.at(GpuFault.BEGINS + (System.nanoTime() - began) * 1e-9 * server.pace()),
                0,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
        acts.push(() -> {
            timer.shutdown();
            timer.awaitTermination(1, TimeUnit.MINUTES);
            driver.remove("@");
        });
    }

    /** What the fault did from outside is over. */
    void endActs() throws Exception {
        while (!acts.isEmpty()) {
            acts.pop().close();
        }
    }

    ServerUnderFault server() {
        return server;
    }

    @Override
    public void close() throws Exception {
        endActs();
    }
}
