package io.vitrine.store.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class TenantErasureTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
    private static final Instant FROM = Instant.parse("2026-11-24T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-25T00:00:00Z");

    private static final Instant AT = Instant.ofEpochMilli(Entries.NOON).plusSeconds(1);

    @TempDir
    Path directory;

    @Test
    void deletesFeedbackAndKeepsWhatWasCharged() throws Exception {
        try (Ledger ledger = filled()) {
            TenantErasure erasure = ledger.eraseTenant("acme", false, AT).join();
            assertThat(erasure).isEqualTo(new TenantErasure(1, 2, Optional.empty(), 0, 0, 1));
            assertThat(ledger.feedback("r1")).isEmpty();
            assertThat(ledger.feedback("r3")).isPresent();
            assertThat(ledger.find("r1")).isPresent();
            assertThat(ledger.eraseTenant("nobody", true, AT).join())
                    .isEqualTo(new TenantErasure(0, 0, Optional.empty(), 0, 0, 0));
        }
        assertThat(Files.readString(directory.resolve("ledger.db"), ISO_8859_1))
                .as("overwritten, not only unlinked")
                .doesNotContain("secret comment");
    }

    @Test
    void deletesEvidenceThatNamesTheTenant() {
        try (Ledger ledger = filled()) {
            ledger.incidents()
                    .change(table -> table.save(new IncidentRow(1, 0, "P1", "detected", 1, null, null, "{}")))
                    .join();
            evidence(ledger, "logs", "{\"tenant_id\":\"acme\"}");
            evidence(ledger, "traces", "{\"tenant_id\":\"acme-2\"}");

            assertThat(ledger.eraseTenant("acme", false, AT).join().evidenceItems())
                    .isEqualTo(1);

            assertThat(ledger.incidents().content(1, "logs")).isEmpty();
            assertThat(ledger.incidents().content(1, "traces")).isPresent();
            assertThat(ledger.incidents().evidence(1).get(0).note()).contains("a tenant whose data was deleted");
        }
    }

    private static void evidence(Ledger ledger, String name, String text) {
        byte[] content = text.getBytes(ISO_8859_1);
        ledger.incidents()
                .saveEvidence(new EvidenceRow(1, name, "application/x-ndjson", 1, content.length, ""), content)
                .join();
    }

    @Test
    void pseudonymisesEntriesWithoutChangingASum() {
        try (Ledger ledger = filled()) {
            CostSum before = ledger.sums(new CostFilter(DAY, DAY, "acme")).get(0);
            String pseudonym =
                    ledger.eraseTenant("acme", true, AT).join().pseudonym().orElseThrow();
            assertThat(ledger.sums(new CostFilter(DAY, DAY, "acme"))).isEmpty();
            CostSum after = ledger.sums(new CostFilter(DAY, DAY, pseudonym)).get(0);
            assertThat(after.requests()).isEqualTo(before.requests());
            assertThat(after.revenueBillionths()).isEqualTo(before.revenueBillionths());
            assertThat(ledger.find("r1")).isEmpty();
            assertThat(ledger.requestIds(pseudonym, FROM, TO)).hasSize(2).noneMatch(id -> id.startsWith("r"));
            assertThat(ledger.find("r3").orElseThrow().tenantId()).isEqualTo("zeta");
        }
    }

    @Test
    void namesRequestIdsAsTheEngineKnewThem() {
        try (Ledger ledger = filled()) {
            assertThat(ledger.requestIds("acme", FROM, TO)).containsExactlyInAnyOrder("r1", "r2");
            assertThat(ledger.requestIds("acme", TO, TO.plusSeconds(1))).isEqualTo(Set.of());
        }
    }

    @Test
    void storesNothingLateOfRequestsBeforeTheErasure() {
        long later = AT.toEpochMilli() + 1;
        try (Ledger ledger = filled()) {
            ledger.eraseTenant("acme", true, AT).join();
            ledger.rate(new Feedback("r1", Entries.NOON, "acme", 1, null)).join();
            ledger.append(Entries.of("late", "acme", Entries.NOON, 70)).join();
            ledger.append(Entries.of("new", "acme", later, 70)).join();
            ledger.rate(new Feedback("new", later, "acme", 1, null)).join();
            assertThat(ledger.feedback("r1")).isEmpty();
            assertThat(ledger.find("late")).isEmpty();
            assertThat(ledger.sums(new CostFilter(DAY, DAY, null)).stream()
                            .mapToLong(CostSum::requests)
                            .sum())
                    .as("what was charged stays")
                    .isEqualTo(5);
            assertThat(ledger.find("new")).isPresent();
            assertThat(ledger.feedback("new")).isPresent();
        }
    }

    @Test
    void dropsFeedbackOnARequestBeforeTheErasure() {
        try (Ledger ledger = filled()) {
            ledger.eraseTenant("acme", false, AT).join();
            ledger.rate(new Feedback("r1", AT.toEpochMilli() + 1, "acme", 1, null))
                    .join();
            assertThat(ledger.feedback("r1")).isEmpty();
        }
    }

    private Ledger filled() {
        Ledger ledger = Ledger.open(LedgerSettings.in(directory));
        ledger.append(Entries.of("r1")).join();
        ledger.append(Entries.of("e2", "r2", "acme", Entries.NOON, 70L)).join();
        ledger.append(Entries.of("r3", "zeta", Entries.NOON, 7)).join();
        ledger.rate(new Feedback("r1", Entries.NOON, "acme", 1, "secret comment"))
                .join();
        ledger.rate(new Feedback("r3", Entries.NOON, "zeta", 1, null)).join();
        ledger.tenants().apply(Map.of("acme", "{}"), Set.of(), Entries.NOON).join();
        ledger.audit()
                .record(new AuditEntry(Entries.NOON, "command", "tenant_added", "acme", null))
                .join();
        return ledger;
    }
}
