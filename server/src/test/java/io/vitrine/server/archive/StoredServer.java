package io.vitrine.server.archive;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.ModelLoader;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.store.telemetry.TelemetrySettings;
import io.vitrine.store.telemetry.TelemetryStore;

import static org.awaitility.Awaitility.await;

/** The real server with everything on, whose telemetry is kept in a folder. */
public final class StoredServer implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":8}";

    private final TelemetryStore store;
    private final StoreArchive archive;
    private final Telemetry telemetry;
    private final TestServer server;

    public StoredServer(Path folder, int slots, String... settings) {
        this(folder, TelemetrySettings.in(folder.resolve("store")), Instant::now, slots, settings);
    }

    public StoredServer(Path folder, TelemetrySettings stored, InstantSource clock, int slots, String... settings) {
        store = new TelemetryStore(stored, clock);
        archive = new StoreArchive(store, Duration.ofSeconds(1), System::nanoTime);
        telemetry = TestTelemetry.everything(TestTelemetry.settings(), folder.resolve("logs"), Optional.of(archive));
        server = TestServer.start(telemetry, Optional.of(archive.history()), slots, settings);
    }

    /** With a model of the test's own. */
    public StoredServer(Path folder, ModelLoader loader, String... settings) {
        store = new TelemetryStore(TelemetrySettings.in(folder.resolve("store")), Instant::now);
        archive = new StoreArchive(store, Duration.ofSeconds(1), System::nanoTime);
        telemetry = TestTelemetry.everything(TestTelemetry.settings(), folder.resolve("logs"), Optional.of(archive));
        server = TestServer.start(telemetry, Optional.of(archive.history()), loader, settings);
    }

    public TestServer server() {
        return server;
    }

    public TelemetryStore store() {
        return store;
    }

    /** Sends a request with this id, and waits for its answer. */
    public HttpResponse<String> chat(String requestId, String prompt) {
        return server.send(server.postRequest(TestServer.CHAT, BODY.formatted(prompt))
                .header("x-request-id", requestId)
                .build());
    }

    /** Asks until the answer is good and is what is waited for. */
    public JsonNode ask(String path, Predicate<JsonNode> wanted) {
        return await().atMost(LIMIT)
                .until(
                        () -> {
                            HttpResponse<String> response = server.getManagement(path);
                            return response.statusCode() == 200
                                    ? Optional.of(TestServer.parse(response.body()))
                                    : Optional.<JsonNode>empty();
                        },
                        answer -> answer.filter(wanted).isPresent())
                .orElseThrow();
    }

    public JsonNode ask(String path) {
        return ask(path, answer -> true);
    }

    @Override
    public void close() {
        server.close();
        telemetry.close();
        archive.close();
    }
}
