package io.vitrine.server.incidents;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.vertx.core.Vertx;
import io.vitrine.alerting.incidents.EvidenceItem;
import io.vitrine.alerting.incidents.Incident;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class EvidenceCollectorTest {

    private static final int MAX_BYTES = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final CountDownLatch hang = new CountDownLatch(1);

    @TempDir
    private Path directory;

    private Ledger ledger;
    private IncidentRegister register;

    @BeforeEach
    void open() {
        ledger = Ledger.open(LedgerSettings.in(directory));
        register = new IncidentRegister(ledger.incidents(), InstantSource.system());
    }

    @AfterEach
    void close() throws Exception {
        hang.countDown();
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        ledger.close();
    }

    private static EvidenceContent text(String text) {
        return EvidenceContent.text(text, MAX_BYTES);
    }

    private EvidenceCollector collector(Duration timeout) {
        return new EvidenceCollector(
                vertx,
                List.of(
                        new EvidenceSource("hangs", EvidenceSource.TEXT, request -> {
                            hang.await();
                            return text("late");
                        }),
                        new EvidenceSource("throws", EvidenceSource.TEXT, request -> {
                            throw new IllegalStateException("the prompt of somebody");
                        }),
                        new EvidenceSource("empty", EvidenceSource.TEXT, request -> EvidenceContent.missing("no GPU")),
                        new EvidenceSource(
                                "huge",
                                EvidenceSource.TEXT,
                                request -> new EvidenceContent(new byte[MAX_BYTES + 1], "")),
                        new EvidenceSource("long", EvidenceSource.TEXT, request -> text("a line\n".repeat(1_000))),
                        new EvidenceSource("good", EvidenceSource.TEXT, request -> text("all there"))),
                timeout,
                register,
                InstantSource.system());
    }

    private Map<String, EvidenceItem> collect(EvidenceCollector collector, Incident incident) throws Exception {
        return collector
                .collect(new EvidenceRequest(incident, List.of(), Instant.EPOCH, Instant.now(), MAX_BYTES))
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS)
                .stream()
                .collect(Collectors.toMap(EvidenceItem::name, Function.identity()));
    }

    @Test
    void aPartThatHangsOrFailsCostsItsOwnItem() throws Exception {
        Incident incident = register.open("x", Severity.P1, "a test", new IncidentAuthor("test", "ann"))
                .incident();
        EvidenceCollector collector = collector(Duration.ofMillis(300));

        Map<String, EvidenceItem> items = collect(collector, incident);

        assertThat(items.get("hangs").note()).isEqualTo("not there after 300 ms (incidents.item-timeout)");
        assertThat(items.get("throws").note())
                .as("without the message, which may quote a request")
                .isEqualTo("failed: java.lang.IllegalStateException");
        assertThat(items.get("empty").note()).isEqualTo("no GPU");
        assertThat(items.get("huge").note()).isEqualTo("1001 bytes are more than 1000 (incidents.item-bytes)");
        assertThat(items.get("long").note()).isEqualTo("the first 994 of 7000 bytes (incidents.item-bytes)");
        assertThat(items.values()).filteredOn(EvidenceItem::isMissing).hasSize(4);
        assertThat(register.evidence(incident.id())).containsExactlyInAnyOrderElementsOf(items.values());
        assertThat(register.content(incident.id(), "good")).hasValue("all there".getBytes(StandardCharsets.UTF_8));

        Map<String, EvidenceItem> again = collect(collector, incident);
        assertThat(again.get("hangs").note()).isEqualTo("an earlier collection of this item has not returned");
        assertThat(again.get("good").isMissing()).isFalse();

        hang.countDown();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> !collect(collector, incident).get("hangs").isMissing());
    }

    @Test
    void linesStopAtTheLimit() {
        JsonLines lines = new JsonLines(30);
        for (int index = 0; index < 10; index++) {
            lines.add(Map.of("index", index));
        }

        EvidenceContent content = lines.content("nothing");

        assertThat(new String(content.bytes(), StandardCharsets.UTF_8)).isEqualTo("{\"index\":0}\n{\"index\":1}\n");
        assertThat(content.note()).isEqualTo("the first 2 of 10 lines (incidents.item-bytes)");
        assertThat(new JsonLines(30).content("nothing").note()).isEqualTo("nothing");
    }
}
