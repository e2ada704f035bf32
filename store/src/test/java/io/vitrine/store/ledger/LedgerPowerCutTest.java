package io.vitrine.store.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.vitrine.store.powercut.ForgetfulDisk;
import io.vitrine.store.sql.Durability;
import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the ledger acknowledged survives a power cut; with less than its settings the same test finds entries lost. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class LedgerPowerCutTest {
    private static final int ENTRIES = 200;

    @TempDir
    Path directory;

    @Test
    void keepsEveryAcknowledgedEntry() throws Exception {
        ForgetfulDisk disk = ForgetfulDisk.in(directory);
        List<String> acknowledged = disk.cutAfter(ENTRIES, LedgerCrasher.class);
        try (Ledger ledger = Ledger.open(LedgerSettings.in(disk.durable()))) {
            assertThat(acknowledged)
                    .allSatisfy(id -> assertThat(ledger.find(id)).isPresent());
        }
    }

    /** The control: were the disk not forgetful, or the settings weaker, the test above would prove nothing. */
    @ParameterizedTest
    @EnumSource
    void losesEntriesWithWeakerSettings(Weaker settings) throws Exception {
        ForgetfulDisk disk = ForgetfulDisk.in(directory);
        List<String> acknowledged = disk.cutAfter(ENTRIES, WeakerLedger.class, settings.name());
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ENTRIES);
        assertThat(found(disk.durable(), acknowledged)).isLessThan(acknowledged.size());
    }

    private static int found(Path durable, List<String> acknowledged) {
        if (!Files.exists(durable.resolve("ledger.db"))) {
            return 0;
        }
        try (Ledger ledger = Ledger.open(LedgerSettings.in(durable))) {
            return (int) acknowledged.stream()
                    .filter(id -> ledger.find(id).isPresent())
                    .count();
        }
    }

    /** Settings that the ledger does not have. */
    enum Weaker {
        SYNCHRONOUS_NORMAL,
        SYNCHRONOUS_OFF
    }

    /** Enters as {@link LedgerCrasher} does, with weaker settings. */
    static final class WeakerLedger {
        private WeakerLedger() {}

        public static void main(String[] arguments) throws Exception {
            Path file = Path.of(arguments[0]).resolve("ledger.db");
            var connection = Sqlite.openForWriting(file, Durability.PROCESS_CRASH, Ledger.SCHEMA);
            if (Weaker.valueOf(arguments[1]) == Weaker.SYNCHRONOUS_OFF) {
                Sql.execute(connection, "PRAGMA synchronous = OFF");
            }
            try (GroupCommit writer = new GroupCommit("weaker", file, connection, 100, 10)) {
                for (int i = 0; ; i++) {
                    CostEntry entry = Entries.of("r" + i);
                    CompletableFuture<Boolean> entered = writer.submit(c -> CostTable.insert(c, entry));
                    entered.join();
                    System.out.println(entry.requestId());
                }
            }
        }
    }
}
