package io.vitrine.store.ledger;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class BudgetsTest {
    private static final List<BudgetLimit> DAY_100 = List.of(new BudgetLimit(BudgetPeriod.DAY, 100));

    @TempDir
    Path directory;

    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = Ledger.open(LedgerSettings.in(directory));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void overrunsByNothingHoweverManyAskAtOnce() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(16);
        try {
            List<CompletableFuture<BudgetVerdict>> verdicts = IntStream.range(0, 1000)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> reserve("r" + i, 7, DAY_100), callers))
                    .toList();
            long accepted = verdicts.stream()
                    .map(CompletableFuture::join)
                    .filter(BudgetVerdict::accepted)
                    .count();
            assertThat(accepted).isEqualTo(100 / 7);
            assertThat(use()).isEqualTo(new BudgetUse(0, 98));
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void saysWhichBudgetIsShortAndHowMuchIsLeft() {
        List<BudgetLimit> limits =
                List.of(new BudgetLimit(BudgetPeriod.DAY, 100), new BudgetLimit(BudgetPeriod.MONTH, 150));
        assertThat(reserve("r1", 90, limits)).isEqualTo(new BudgetVerdict(null, 10));
        assertThat(reserve("r2", 11, limits)).isEqualTo(new BudgetVerdict(BudgetPeriod.DAY, 10));
        long tomorrow = Entries.NOON + 86_400_000;
        assertThat(ledger.budgets().reserve("acme", "r3", 61, tomorrow, limits).join())
                .isEqualTo(new BudgetVerdict(BudgetPeriod.MONTH, 60));
        assertThat(ledger.budgets().reserve("acme", "r3", 60, tomorrow, limits).join())
                .isEqualTo(new BudgetVerdict(null, 0));
    }

    @Test
    void settlesAtWhatWasSpentAndOnlyOnce() {
        reserve("r1", 90, DAY_100);
        assertThat(ledger.budgets().settle("r1", 25).join()).isTrue();
        assertThat(ledger.budgets().settle("r1", 25).join()).isFalse();
        assertThat(ledger.budgets().refund("r1").join()).isFalse();
        assertThat(use()).isEqualTo(new BudgetUse(25, 0));
    }

    @Test
    void givesBackWhatWasNotUsed() {
        reserve("r1", 100, DAY_100);
        assertThat(ledger.budgets().refund("r1").join()).isTrue();
        assertThat(use()).isEqualTo(new BudgetUse(0, 0));
        assertThat(reserve("r2", 100, DAY_100).accepted()).isTrue();
    }

    @Test
    void reservesARequestOnce() {
        reserve("r1", 60, DAY_100);
        assertThat(reserve("r1", 60, DAY_100)).isEqualTo(new BudgetVerdict(null, 40));
        assertThat(use()).isEqualTo(new BudgetUse(0, 60));
    }

    @Test
    void settlesWithTheEntryOfTheRequest() {
        reserve("r1", 100, DAY_100);
        ledger.append(Entries.of("r1", "acme", Entries.NOON, 70)).join();
        ledger.append(Entries.of("r1", "acme", Entries.NOON, 70)).join();
        assertThat(use()).isEqualTo(new BudgetUse(70, 0));
    }

    @Test
    void chargesTheDayTheRequestBeganOn() {
        long lateEvening = Instant.parse("2026-11-30T23:59:00Z").toEpochMilli();
        long nextMonth = Instant.parse("2026-12-01T00:01:00Z").toEpochMilli();
        ledger.budgets().reserve("acme", "r1", 90, lateEvening, DAY_100).join();
        ledger.append(Entries.of("r1", "acme", nextMonth, 80)).join();

        assertThat(ledger.budgets().use("acme", BudgetPeriod.DAY, lateEvening)).isEqualTo(new BudgetUse(80, 0));
        assertThat(ledger.budgets().use("acme", BudgetPeriod.MONTH, lateEvening))
                .isEqualTo(new BudgetUse(80, 0));
        assertThat(ledger.budgets().use("acme", BudgetPeriod.DAY, nextMonth)).isEqualTo(new BudgetUse(0, 0));
        assertThat(ledger.budgets().use("acme", BudgetPeriod.MONTH, nextMonth)).isEqualTo(new BudgetUse(0, 0));
    }

    @Test
    void spendsNothingTwiceWhenTheClockStepsBack() {
        long before = Instant.parse("2026-11-24T00:05:00Z").toEpochMilli();
        long steppedBack = Instant.parse("2026-11-23T23:58:00Z").toEpochMilli();
        ledger.budgets().reserve("acme", "r1", 60, before, DAY_100).join();
        ledger.budgets().reserve("acme", "r2", 60, steppedBack, DAY_100).join();
        ledger.append(Entries.of("r1", "acme", steppedBack, 50)).join();
        ledger.append(Entries.of("r2", "acme", steppedBack, 40)).join();

        assertThat(ledger.budgets().use("acme", BudgetPeriod.DAY, before)).isEqualTo(new BudgetUse(50, 0));
        assertThat(ledger.budgets().use("acme", BudgetPeriod.DAY, steppedBack)).isEqualTo(new BudgetUse(40, 0));
        assertThat(ledger.budgets().use("acme", BudgetPeriod.MONTH, before)).isEqualTo(new BudgetUse(90, 0));
    }

    @Test
    void judgesWhatACrashLeftByWhatTheLedgerSays() {
        reserve("never ended", 30, DAY_100);
        ledger.append(Entries.of("charged", "acme", Entries.NOON, 20)).join();
        reserve("charged", 50, DAY_100);
        close();

        open();
        assertThat(ledger.recovery()).isEqualTo(new Recovery(1, 1));
        assertThat(use()).isEqualTo(new BudgetUse(20, 0));
        close();

        open();
        assertThat(ledger.recovery()).isEqualTo(new Recovery(0, 0));
        assertThat(use()).isEqualTo(new BudgetUse(20, 0));
    }

    private BudgetVerdict reserve(String requestId, long amount, List<BudgetLimit> limits) {
        return ledger.budgets()
                .reserve("acme", requestId, amount, Entries.NOON, limits)
                .join();
    }

    private BudgetUse use() {
        return ledger.budgets().use("acme", BudgetPeriod.DAY, Entries.NOON);
    }
}
