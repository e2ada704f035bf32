package io.vitrine.store.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Opens a ledger that version 1 of the schema has written. */
class LedgerMigrationTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);

    @TempDir
    Path directory;

    @BeforeEach
    void copyOldFile() throws IOException {
        try (InputStream old = getClass().getResourceAsStream("ledger-1.db")) {
            Files.copy(Objects.requireNonNull(old), LedgerSettings.in(directory).file());
        }
    }

    @Test
    void keepsOldEntriesUnderTheirKeysAndIds() {
        try (Ledger ledger = open()) {
            assertThat(ledger.find("job-1").orElseThrow())
                    .returns("acme", CostEntry::tenantId)
                    .returns("job-1", CostEntry::requestId)
                    .returns(70L, CostEntry::revenueBillionths)
                    .returns(2.25, CostEntry::joules);
            // Version 1 had entered the second tenant's request of the same name under a name of its own.
            assertThat(ledger.findLatest("zeta", "job-1").orElseThrow().entryId())
                    .isEqualTo("job-1~1764000000000-1");
            assertThat(ledger.findLatest("acme", "job-1").orElseThrow().entryId())
                    .isEqualTo("job-1");
            assertThat(ledger.feedback("job-1").orElseThrow().comment()).isEqualTo("good");
        }
    }

    @Test
    void readsAnOldAmountOfZeroAsUnknown() {
        try (Ledger ledger = open()) {
            assertThat(ledger.find("job-2").orElseThrow())
                    .returns(null, CostEntry::revenueBillionths)
                    .returns(null, CostEntry::infrastructureBillionths);
            CostSum sum = ledger.sums(new CostFilter(DAY, DAY, "acme")).get(0);
            assertThat(List.of(sum.requests(), sum.unpricedRequests(), sum.uncostedRequests(), sum.ratings()))
                    .containsExactly(2L, 1L, 1L, 1L);
            assertThat(sum.revenueBillionths()).isEqualTo(70);
        }
    }

    @Test
    void revokesKeysOfTenantsThatWereRemoved() {
        try (Ledger ledger = open()) {
            assertThat(ledger.apiKeys().find("vt_gone0001").orElseThrow().revoked())
                    .isPositive();
            assertThat(ledger.apiKeys().find("vt_gone0002").orElseThrow().revoked())
                    .isEqualTo(Entries.NOON + 1);
            assertThat(ledger.apiKeys().find("vt_acme0001").orElseThrow().revoked())
                    .isNull();
            ledger.tenants().apply(Map.of("gone", "{}"), Set.of(), Entries.NOON).join();
            assertThat(ledger.apiKeys().find("vt_gone0001").orElseThrow().revoked())
                    .isPositive();
        }
    }

    @Test
    void opensAMigratedFileAgain() {
        open().close();
        try (Ledger ledger = open()) {
            assertThat(ledger.append(Entries.of("new")).join()).isTrue();
            assertThat(ledger.sums(new CostFilter(DAY, DAY, null)))
                    .extracting(CostSum::requests)
                    .containsExactly(3L, 1L);
        }
    }

    private Ledger open() {
        return Ledger.open(LedgerSettings.in(directory));
    }
}
