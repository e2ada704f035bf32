package io.vitrine.store.ledger;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.vitrine.store.StoreException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IncidentLedgerTest {

    @TempDir
    private Path directory;

    private Ledger open() {
        return Ledger.open(LedgerSettings.in(directory));
    }

    private static IncidentRow row(long id, @Nullable Long endedMillis) {
        return new IncidentRow(
                id, 0, "P1", endedMillis == null ? "detected" : "closed", id * 10, endedMillis, null, "{}");
    }

    private static IncidentRow save(Ledger ledger, IncidentRow row) {
        return ledger.incidents().change(table -> table.save(row)).join();
    }

    private static IncidentRow withJson(IncidentRow row, String json) {
        return new IncidentRow(
                row.id(),
                row.version(),
                row.severity(),
                row.state(),
                row.detectedMillis(),
                row.endedMillis(),
                row.dueDay(),
                json);
    }

    @Test
    void survivesAReopening() {
        try (Ledger ledger = open()) {
            save(ledger, row(1, null));
            save(ledger, row(2, 50L));
        }
        try (Ledger ledger = open()) {
            assertThat(ledger.incidents().unended()).extracting(IncidentRow::id).containsExactly(1L);
            assertThat(ledger.incidents().latest(Set.of(), 0, 10))
                    .extracting(IncidentRow::id)
                    .containsExactly(2L, 1L);
            assertThat(ledger.incidents().latest(Set.of("detected", "triaged"), 0, 10))
                    .extracting(IncidentRow::id)
                    .containsExactly(1L);
            assertThat(ledger.incidents().find(2).orElseThrow()).returns(1L, IncidentRow::version);
        }
    }

    @Test
    void refusesAChangeOfAnOldVersion() {
        try (Ledger ledger = open()) {
            IncidentRow first = save(ledger, row(1, null));
            save(ledger, withJson(first, "{\"a\":1}"));

            assertThatThrownBy(() -> save(ledger, withJson(first, "{\"b\":2}")))
                    .hasCauseInstanceOf(StoreException.class)
                    .hasMessageContaining("was changed since its version 1");
            assertThat(ledger.incidents().find(1).orElseThrow().json()).isEqualTo("{\"a\":1}");
        }
    }

    /** As a server and a command beside it: each change reads the row and appends a character to it. */
    @Test
    void losesNoChangeOfTwoWriters() {
        try (Ledger server = open();
                Ledger command = Ledger.openBeside(LedgerSettings.in(directory))) {
            save(server, withJson(row(1, null), ""));

            List<CompletableFuture<IncidentRow>> changes = IntStream.range(0, 40)
                    .mapToObj(index -> (index % 2 == 0 ? server : command)
                            .incidents()
                            .change(table -> {
                                IncidentRow now = table.find(1).orElseThrow();
                                return table.save(withJson(now, now.json() + "x"));
                            }))
                    .toList();
            changes.forEach(CompletableFuture::join);

            assertThat(server.incidents().find(1).orElseThrow())
                    .returns("x".repeat(40), IncidentRow::json)
                    .returns(41L, IncidentRow::version);
        }
    }

    @Test
    void storesEvidenceCompressed() {
        byte[] content = "a line of a log\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        try (Ledger ledger = open()) {
            save(ledger, row(1, null));
            EvidenceRow logs = new EvidenceRow(1, "logs", "text/plain", 5, content.length, "");
            EvidenceRow gpu = new EvidenceRow(1, "gpu", "application/json", 5, 0, "no GPU");
            ledger.incidents().saveEvidence(logs, content).join();
            ledger.incidents().saveEvidence(gpu, null).join();
            ledger.incidents()
                    .saveEvidence(new EvidenceRow(9, "logs", "text/plain", 5, 1, ""), new byte[1])
                    .join();

            assertThat(ledger.incidents().evidence(1)).containsExactly(gpu, logs);
            assertThat(ledger.incidents().content(1, "logs")).hasValue(content);
            assertThat(ledger.incidents().content(1, "gpu")).isEmpty();
            assertThat(ledger.incidents().evidence(9)).as("of no incident").isEmpty();
        }
    }

    @Test
    void deletesTheOldestEndedPastALimit() {
        try (Ledger ledger = open()) {
            for (long id = 1; id <= 6; id++) {
                save(ledger, row(id, id == 1 ? null : Long.valueOf(100 * id)));
                ledger.incidents()
                        .saveEvidence(new EvidenceRow(id, "noise", "x", 5, 1_000, ""), noise(id))
                        .join();
            }

            assertThat(prune(ledger, 250, 100, Long.MAX_VALUE)).as("by age").containsExactly(6L, 5L, 4L, 3L, 1L);
            assertThat(prune(ledger, 0, 4, Long.MAX_VALUE)).as("by count").containsExactly(6L, 5L, 4L, 1L);
            assertThat(prune(ledger, 0, 100, 3_500)).as("by bytes").containsExactly(6L, 5L, 1L);
            assertThat(prune(ledger, 1_000, 0, 0)).as("unended ones stay").containsExactly(1L);
            assertThat(ledger.incidents().evidence(6)).isEmpty();
            assertThat(ledger.incidents().change(IncidentTable::lastId).join())
                    .as("ids are not given again")
                    .isEqualTo(6);
        }
    }

    private static List<Long> prune(Ledger ledger, long endedBefore, long maxCount, long maxBytes) {
        ledger.incidents()
                .prune(new IncidentLimits(endedBefore, maxCount, maxBytes))
                .join();
        return ledger.incidents().latest(Set.of(), 0, 100).stream()
                .map(IncidentRow::id)
                .toList();
    }

    /** A thousand bytes that gzip cannot shrink. */
    private static byte[] noise(long seed) {
        byte[] bytes = new byte[1_000];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void countsRequestsByOutcome() {
        try (Ledger ledger = open()) {
            ledger.append(Entries.of("one")).join();

            IncidentLedger.Outcomes outcomes = ledger.incidents().outcomes(0, Long.MAX_VALUE);

            assertThat(outcomes.requests())
                    .containsExactlyInAnyOrderEntriesOf(
                            new TreeMap<>(Map.of(Entries.of("one").outcome(), 1L)));
            assertThat(ledger.incidents().outcomes(0, 1).requests()).isEmpty();
        }
    }
}
