package io.vitrine.store.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Sql;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class LedgerTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);

    @TempDir
    Path directory;

    @Test
    void givesBackWhatWasEntered() {
        CostEntry entry = Entries.of("r1");
        try (Ledger ledger = open()) {
            assertThat(ledger.append(entry).join()).isTrue();
            assertThat(ledger.find("r1")).contains(entry);
            assertThat(ledger.find("r2")).isEmpty();
        }
        try (Ledger ledger = open()) {
            assertThat(ledger.find("r1")).contains(entry);
        }
    }

    @Test
    void closingLeavesNothingBesideTheFile() throws IOException {
        try (Ledger ledger = open()) {
            ledger.append(Entries.of("r1")).join();
            assertThat(ledger.find("r1")).isPresent();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.endsWith("-wal"));
        }
    }

    @Test
    void keepsWhatIsUnknownUnknown() {
        CostEntry entry = new CostEntry(
                "r1",
                "r1",
                Entries.NOON,
                "acme",
                null,
                "m",
                "completions",
                "refused",
                0,
                0,
                0,
                "EUR",
                null,
                null,
                0,
                0,
                null,
                "t");
        try (Ledger ledger = open()) {
            ledger.append(entry).join();
            assertThat(ledger.find("r1")).contains(entry);
            assertThat(ledger.sums(new CostFilter(DAY, DAY, null)).get(0).joules())
                    .isNull();
        }
    }

    @Test
    void entersARequestOnce() {
        try (Ledger ledger = open()) {
            assertThat(ledger.append(Entries.of("r1", "acme", Entries.NOON, 70)).join())
                    .isTrue();
            assertThat(ledger.append(Entries.of("r1", "acme", Entries.NOON, 9_000))
                            .join())
                    .isFalse();
            assertThat(ledger.find("r1").orElseThrow().revenueBillionths()).isEqualTo(70);
            assertThat(ledger.sums(new CostFilter(DAY, DAY, null)).get(0).requests())
                    .isEqualTo(1);
        }
    }

    @Test
    void addsUpByTenantModelAndDay() {
        long lastMilli = Instant.parse("2026-11-24T23:59:59.999Z").toEpochMilli();
        try (Ledger ledger = open()) {
            ledger.append(Entries.of("r1", "acme", Entries.NOON, 70)).join();
            ledger.append(Entries.of("r2", "acme", lastMilli, 30)).join();
            ledger.append(Entries.of("r3", "acme", lastMilli + 1, 5)).join();
            ledger.append(Entries.of("r4", "zeta", Entries.NOON, 7)).join();
            ledger.rate(new Feedback("r1", lastMilli, "acme", 1.0, "good")).join();
            ledger.rate(new Feedback("r2", lastMilli, "acme", 0.5, null)).join();

            assertThat(ledger.sums(new CostFilter(DAY, DAY.plusDays(1), "acme")))
                    .containsExactly(
                            new CostSum(
                                    "acme",
                                    "smollm2",
                                    DAY,
                                    "EUR",
                                    2,
                                    0,
                                    0,
                                    200,
                                    80,
                                    40,
                                    100L,
                                    60L,
                                    40L,
                                    100L,
                                    240,
                                    40,
                                    10_000_000,
                                    3.0,
                                    4.5,
                                    2,
                                    0.75),
                            new CostSum(
                                    "acme",
                                    "smollm2",
                                    DAY.plusDays(1),
                                    "EUR",
                                    1,
                                    0,
                                    0,
                                    100,
                                    40,
                                    20,
                                    5L,
                                    30L,
                                    -25L,
                                    5L,
                                    120,
                                    20,
                                    5_000_000,
                                    1.5,
                                    2.25,
                                    0,
                                    null));
            assertThat(ledger.sums(new CostFilter(DAY, DAY, null)))
                    .extracting(CostSum::tenantId)
                    .containsExactly("acme", "zeta");
        }
    }

    @Test
    void keepsTheSameClientIdOfSeveralTenantsApart() {
        try (Ledger ledger = open()) {
            ledger.append(named("e1", "acme", Entries.NOON)).join();
            ledger.append(named("e2", "zeta", Entries.NOON + 1)).join();
            ledger.append(named("e3", "acme", Entries.NOON + 2)).join();
            ledger.append(named("e4", "acme", Entries.NOON + 2)).join();

            assertThat(ledger.findLatest("acme", "job").orElseThrow().entryId()).isEqualTo("e4");
            assertThat(ledger.findLatest("zeta", "job").orElseThrow().entryId()).isEqualTo("e2");
            assertThat(ledger.findLatest("beta", "job")).isEmpty();
            assertThat(ledger.sums(new CostFilter(DAY, DAY, "acme")).get(0).requests())
                    .isEqualTo(3);
        }
    }

    private static CostEntry named(String entryId, String tenant, long atMillis) {
        return Entries.of(entryId, "job", tenant, atMillis, 70L);
    }

    @Test
    void addsUpWithoutAPriceAsUnknown() {
        try (Ledger ledger = open()) {
            ledger.append(Entries.of("e1", "e1", "acme", Entries.NOON, null)).join();
            CostSum unknown = ledger.sums(new CostFilter(DAY, DAY, null)).get(0);
            assertThat(unknown.unpricedRequests()).isEqualTo(1);
            assertThat(unknown.revenueBillionths()).isNull();
            assertThat(unknown.marginBillionths()).isNull();
            assertThat(unknown.infrastructureBillionths()).isEqualTo(30);

            ledger.append(Entries.of("e2", "e2", "acme", Entries.NOON, 70L)).join();
            CostSum partly = ledger.sums(new CostFilter(DAY, DAY, null)).get(0);
            assertThat(partly.unpricedRequests()).isEqualTo(1);
            assertThat(partly.revenueBillionths()).isEqualTo(70);
            // Of the priced request alone.
            assertThat(partly.marginBillionths()).isEqualTo(40);
        }
    }

    @Test
    void revokesTheKeysOfARemovedTenantForGood() {
        try (Ledger ledger = open()) {
            ledger.tenants()
                    .apply(Map.of("acme", "{}", "zeta", "{}"), Set.of(), 1)
                    .join();
            ledger.apiKeys().add(key("vt_1", "acme")).join();
            ledger.apiKeys().add(key("vt_2", "zeta")).join();
            ledger.tenants().apply(Map.of(), Set.of("acme"), 2).join();
            ledger.apiKeys().add(key("vt_3", "acme")).join();
            ledger.tenants().apply(Map.of("acme", "{}"), Set.of(), 3).join();
            ledger.apiKeys().add(key("vt_4", "acme")).join();
            ledger.tenants().apply(Map.of("acme", "{\"a\":1}"), Set.of(), 4).join();

            assertThat(ledger.apiKeys().all()).extracting(ApiKey::revoked).containsExactly(2L, null, 3L, null);
        }
    }

    private static ApiKey key(String prefix, String tenant) {
        return new ApiKey(prefix, "00", tenant, "", "infer", 1, null, null, null);
    }

    @Test
    void countsATimeBefore1970OnItsOwnDay() {
        long before = Instant.parse("1969-12-31T10:00:00Z").toEpochMilli();
        LocalDate day = LocalDate.of(1969, 12, 31);
        try (Ledger ledger = open()) {
            ledger.append(Entries.of("r1", "acme", before, 70)).join();
            assertThat(ledger.sums(new CostFilter(day, day, null)))
                    .extracting(CostSum::day)
                    .containsExactly(day);
        }
    }

    @Test
    void letsAnotherTenantChangeNoRating() {
        try (Ledger ledger = open()) {
            ledger.rate(new Feedback("r1", 1, "acme", 0.5, null)).join();
            ledger.rate(new Feedback("r1", 2, "zeta", 0, "mine now")).join();
            assertThat(ledger.feedback("r1")).contains(new Feedback("r1", 1, "acme", 0.5, null));
            ledger.rate(new Feedback("r1", 3, "acme", 1, "better")).join();
            assertThat(ledger.feedback("r1")).contains(new Feedback("r1", 3, "acme", 1, "better"));
        }
    }

    @Test
    void commitsWhatGatheredInOneTransaction() throws Exception {
        try (Ledger ledger = open()) {
            long before = ledger.counts().commits();
            CountDownLatch busy = block(ledger);
            List<CompletableFuture<Boolean>> appends = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                appends.add(ledger.append(Entries.of("r" + i)));
            }
            busy.countDown();
            appends.forEach(CompletableFuture::join);
            assertThat(ledger.counts().commits() - before).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void refusesWhatTheQueueCannotHold() throws Exception {
        try (Ledger ledger = Ledger.open(new LedgerSettings(directory, 2, 1))) {
            CountDownLatch busy = block(ledger);
            CompletableFuture<Boolean> first = ledger.append(Entries.of("r1"));
            CompletableFuture<Boolean> second = ledger.append(Entries.of("r2"));
            CompletableFuture<Boolean> third = ledger.append(Entries.of("r3"));

            assertThat(reason(third)).isEqualTo(Reason.QUEUE_FULL);
            assertThatThrownBy(third::join).hasMessageContaining("2 writes wait already");
            assertThat(ledger.counts().refused()).isEqualTo(1);
            busy.countDown();
            assertThat(first.join()).isTrue();
            assertThat(second.join()).isTrue();
            assertThat(ledger.find("r3")).isEmpty();
        }
    }

    @Test
    void writesWhatIsQueuedBeforeItCloses() throws Exception {
        Ledger ledger = open();
        CountDownLatch busy = block(ledger);
        CompletableFuture<Boolean> queued = ledger.append(Entries.of("r1"));
        busy.countDown();
        ledger.close();
        assertThat(queued).isCompletedWithValue(true);
        assertThat(reason(ledger.append(Entries.of("r2")))).isEqualTo(Reason.CLOSED);
    }

    @Test
    void failsOneWriteAndKeepsItsNeighbours() throws Exception {
        try (Ledger ledger = open()) {
            CountDownLatch busy = block(ledger);
            CompletableFuture<Boolean> good = ledger.append(Entries.of("r1"));
            CompletableFuture<Void> bad = ledger.writer().submit(connection -> {
                Sql.execute(connection, "INSERT INTO tenants (id, json) VALUES ('half', '{}')");
                throw new IllegalStateException("thought better of it");
            });
            CompletableFuture<Boolean> alsoGood = ledger.append(Entries.of("r2"));
            busy.countDown();

            assertThat(good.join()).isTrue();
            assertThat(alsoGood.join()).isTrue();
            assertThatThrownBy(bad::join).hasRootCauseMessage("thought better of it");
            assertThat(ledger.tenants().find("half")).isEmpty();
        }
    }

    @Test
    void failsWhileTheDiskIsFullAndGoesOnAfterwards() {
        try (Ledger ledger = open()) {
            ledger.writer()
                    .submit(connection -> Sql.first(connection, "PRAGMA max_page_count = 1", row -> row.getInt(1)))
                    .join();
            int i = 0;
            CompletableFuture<Boolean> append;
            do {
                append = ledger.append(Entries.of("r" + i++)).exceptionally(e -> false);
            } while (append.join() && i < 10_000);

            assertThat(i).isLessThan(10_000);
            assertThat(reason(ledger.append(Entries.of("x".repeat(9_000))))).isEqualTo(Reason.DISK_FULL);
            assertThat(ledger.counts().failed()).isGreaterThanOrEqualTo(2);
            assertThat(ledger.find("r0")).isPresent();

            ledger.writer()
                    .submit(connection ->
                            Sql.first(connection, "PRAGMA max_page_count = 1000000", row -> row.getInt(1)))
                    .join();
            assertThat(ledger.append(Entries.of("later")).join()).isTrue();
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/proc is a folder that not even root can write to")
    void saysThatAFolderCannotBeWritten() {
        assertThatThrownBy(() -> Ledger.open(LedgerSettings.in(Path.of("/proc/sys/kernel"))))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.READ_ONLY))
                .hasMessageContaining("/proc/sys/kernel");
    }

    @Test
    void saysThatAFileIsInTheWayOfItsFolder() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "not a folder");
        assertThatThrownBy(() -> Ledger.open(LedgerSettings.in(file)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.READ_ONLY));
    }

    @Test
    void refusesAFileOfANewerVersion() throws Exception {
        open().close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("ledger.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA user_version = 99");
        }
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NEWER_VERSION))
                .hasMessageContaining("schema version 99")
                .hasMessageContaining("knows " + Ledger.SCHEMA.version() + " at most");
    }

    @Test
    void refusesAFileThatIsNotALedger() throws Exception {
        Files.writeString(directory.resolve("ledger.db"), "once upon a time there was a file ".repeat(500));
        assertThatThrownBy(this::open).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.reason())
                .isEqualTo(Reason.CORRUPT));
        Files.delete(directory.resolve("ledger.db"));
        open().close();
    }

    @Test
    void belongsToOneServerAtATime() {
        try (Ledger ledger = open()) {
            assertThatThrownBy(this::open).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.reason())
                    .isEqualTo(Reason.IN_USE));
            try (Ledger command = Ledger.openBeside(LedgerSettings.in(directory))) {
                command.tenants()
                        .apply(Map.of("zeta", "{}"), Set.of(), Entries.NOON)
                        .join();
            }
            assertThat(ledger.tenants().all()).containsEntry("zeta", "{}");
        }
    }

    @Test
    void seesThatAnotherHasWrittenAndNotThatItHasItself() {
        try (Ledger ledger = open();
                Ledger command = Ledger.openBeside(LedgerSettings.in(directory))) {
            long before = ledger.changesByOthers().join();
            ledger.append(Entries.of("r1")).join();
            assertThat(ledger.changesByOthers().join()).isEqualTo(before);

            command.tenants()
                    .apply(Map.of("zeta", "{}"), Set.of(), Entries.NOON)
                    .join();
            long after = ledger.changesByOthers().join();
            assertThat(after).isNotEqualTo(before);
            assertThat(ledger.changesByOthers().join()).isEqualTo(after);
        }
    }

    @Test
    void keepsTenantsKeysAndWhoChangedThem() {
        ApiKey key = new ApiKey("vt_abcd", "hash", "acme", "ci", "infer,admin", 10, 99L, null, null);
        try (Ledger ledger = open()) {
            ledger.tenants()
                    .apply(Map.of("acme", "{\"a\":1}"), Set.of(), Entries.NOON)
                    .join();
            ledger.tenants()
                    .apply(Map.of("acme", "{\"a\":2}"), Set.of(), Entries.NOON)
                    .join();
            assertThat(ledger.tenants().find("acme")).contains("{\"a\":2}");
            ledger.tenants()
                    .apply(Map.of("zeta", "{}"), Set.of("acme", "nobody"), Entries.NOON)
                    .join();
            assertThat(ledger.tenants().all()).containsExactly(Map.entry("zeta", "{}"));

            assertThat(ledger.apiKeys().add(key).join()).isTrue();
            assertThat(ledger.apiKeys().add(key).join()).isFalse();
            ledger.apiKeys().used(Map.of("vt_abcd", 50L, "vt_gone", 1L)).join();
            ledger.apiKeys().used(Map.of("vt_abcd", 40L)).join();
            assertThat(ledger.apiKeys().revoke("vt_abcd", 60).join()).isTrue();
            assertThat(ledger.apiKeys().revoke("vt_abcd", 70).join()).isFalse();
            assertThat(ledger.apiKeys().find("vt_abcd"))
                    .contains(new ApiKey("vt_abcd", "hash", "acme", "ci", "infer,admin", 10, 99L, 60L, 50L));
            assertThat(ledger.apiKeys().all()).hasSize(1);

            ledger.audit()
                    .record(new AuditEntry(9, "root", "key.create", "vt_abcd", null))
                    .join();
            ledger.audit()
                    .record(new AuditEntry(3, "root", "key.revoke", "vt_abcd", "clock went back"))
                    .join();
            List<AuditRow> rows = ledger.audit().latest(10);
            assertThat(rows).extracting(row -> row.entry().action()).containsExactly("key.revoke", "key.create");
            assertThat(ledger.audit().latest(1)).containsExactly(rows.get(0));
            assertThat(ledger.audit().after(0, 10)).containsExactly(rows.get(1), rows.get(0));
            assertThat(ledger.audit().after(rows.get(1).id(), 10)).containsExactly(rows.get(0));
        }
    }

    @Test
    void exportsEntriesByTime() throws Exception {
        Path csv = directory.resolve("out/ledger.csv");
        try (Ledger ledger = open()) {
            ledger.append(Entries.of("r2", "acme", Entries.NOON + 1, 30)).join();
            ledger.append(Entries.of("r1", "acme", Entries.NOON, 70)).join();
            ledger.append(Entries.of("r3", "zeta", Entries.NOON, 7)).join();
            assertThat(ledger.export(new CostFilter(DAY, DAY, "acme"), csv, ExportFormat.CSV))
                    .isEqualTo(2);
            assertThat(ledger.export(
                            new CostFilter(DAY, DAY, null), directory.resolve("all.parquet"), ExportFormat.PARQUET))
                    .isEqualTo(3);
        }
        assertThat(Files.readAllLines(csv))
                .containsExactly(
                        "entry_id,request_id,at_millis,tenant_id,key_id,model_name,route,outcome,input_tokens,cached_tokens,"
                                + "output_tokens,currency,revenue_billionths,infrastructure_billionths,engine_nanos,"
                                + "kv_byte_seconds,joules,trace_id",
                        "r1,r1," + Entries.NOON
                                + ",acme,vt_abcd,smollm2,chat_completions,completed,100,40,20,EUR,70,30,"
                                + "5000000,1.5,2.25,",
                        "r2,r2," + (Entries.NOON + 1)
                                + ",acme,vt_abcd,smollm2,chat_completions,completed,100,40,20,EUR,30,30,"
                                + "5000000,1.5,2.25,");
    }

    @Test
    void refusesEntriesThatCannotBe() {
        assertThatThrownBy(() -> Entries.of("r", "acme", 0, -1)).hasMessage("revenueBillionths must be >= 0: -1");
        assertThatThrownBy(() -> new Feedback("r", 0, "acme", 1.5, null)).hasMessage("score must be from 0 to 1: 1.5");
        assertThatThrownBy(() -> new CostFilter(DAY, DAY.minusDays(1), null)).hasMessageContaining("2026-11-23");
    }

    private Ledger open() {
        return Ledger.open(LedgerSettings.in(directory));
    }

    /** Holds the writing thread until the latch is counted down. */
    private static CountDownLatch block(Ledger ledger) throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Boolean> blocked = ledger.writer().submit(connection -> {
            entered.countDown();
            try {
                return released.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(blocked).isNotDone();
        return released;
    }

    private static Reason reason(CompletableFuture<?> future) {
        try {
            future.join();
            throw new AssertionError("did not fail");
        } catch (CompletionException e) {
            return ((StoreException) e.getCause()).reason();
        }
    }
}
