package io.vitrine.store.ledger;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** A ledger that version 1 wrote; the file lies in {@code version-1} of the test resources and is never made anew. */
class OldLedgerTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);

    @TempDir
    Path directory;

    @Test
    void opensALedgerOfVersion1() throws Exception {
        try (InputStream old = OldLedgerTest.class.getResourceAsStream("/io/vitrine/store/version-1/ledger.db")) {
            Files.copy(old, directory.resolve("ledger.db"));
        }
        try (Ledger ledger = Ledger.open(LedgerSettings.in(directory))) {
            assertThat(ledger.sums(new CostFilter(DAY, DAY, null)))
                    .extracting(CostSum::tenantId, CostSum::revenueBillionths, CostSum::ratings)
                    .containsExactly(tuple("acme", 70L, 1L), tuple("zeta", 7L, 0L));
            assertThat(ledger.tenants().all()).containsKey("acme");
            assertThat(ledger.apiKeys().find("vt_abcd")).isPresent();
            assertThat(ledger.audit().latest(10)).hasSize(1);
            assertThat(ledger.append(Entries.of("new")).join()).isTrue();
        }
    }
}
