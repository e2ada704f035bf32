package io.vitrine.server.alerting.delivery;

import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.vertx.core.Vertx;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code kill -9} between the commit of a page and its delivery. */
@Timeout(120)
class DeliveryKillTest {

    private static final int PAGES = 60;

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final ScriptedEndpoint endpoint = new ScriptedEndpoint(vertx);

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void losesNoPageThatWasCommitted() throws Exception {
        // Pages of one group are answered, one is never: at the kill some are delivered, some under way, some not
        // begun.
        for (int i = 0; i < 10; i++) {
            endpoint.then(200, "");
        }
        for (int i = 0; i < 4; i++) {
            endpoint.then(response -> {});
        }
        List<String> committed = killedAfter(PAGES);
        Set<String> before = delivered();
        assertThat(before).as("delivered before the kill").hasSizeLessThan(committed.size());

        try (Ledger ledger = Ledger.open(LedgerSettings.in(directory))) {
            Delivery delivery = DeliveryCrasher.delivery(ledger, URI.create(endpoint.url("/hook")));
            vertx.deployVerticle(delivery)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(delivered()).containsAll(committed));
            // A page that was accepted and not recorded is sent again; none overtakes another of its group.
            for (int group = 0; group < 4; group++) {
                int number = group;
                assertThat(delivered().stream()
                                .map(page -> Integer.parseInt(page.substring(1)))
                                .filter(page -> page % 4 == number))
                        .isSorted();
            }
            delivery.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** In the order of their first arrival. */
    private Set<String> delivered() {
        Set<String> pages = new LinkedHashSet<>();
        endpoint.seen()
                .forEach(seen ->
                        pages.add(seen.json().at("/alerts/0/labels/model").asText()));
        return pages;
    }

    private List<String> killedAfter(int lines) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DeliveryCrasher.class.getName(),
                        directory.toString(),
                        endpoint.url("/hook"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> committed = new ArrayList<>();
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.isEmpty()) {
                committed.add(line);
                if (committed.size() == lines) {
                    // Not the process itself: that would close its output as well, with what it still has to say.
                    process.toHandle().destroyForcibly();
                }
                line = output.readLine();
            }
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return committed;
    }
}
