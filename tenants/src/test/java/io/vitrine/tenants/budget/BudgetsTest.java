package io.vitrine.tenants.budget;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.vitrine.tenants.Money;
import io.vitrine.tenants.MovableClock;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantBudgets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BudgetsTest {

    private final MovableClock clock = new MovableClock("2026-03-30T12:00:00Z");
    private final InMemoryBudgetStore store = new InMemoryBudgetStore();
    private final Budgets budgets = new Budgets(store, clock, "USD");

    @Test
    void setsTheWorstCaseAsideAndChargesWhatItWas() {
        Tenant tenant = tenant("10", "100");
        Reservation reservation = reserved(tenant, "8");
        assertThat(budgets.state("acme")).isEqualTo(new BudgetState(usd("0"), usd("0"), usd("8")));
        reservation.settle(usd("3"));
        assertThat(budgets.state("acme")).isEqualTo(new BudgetState(usd("3"), usd("3"), usd("0")));
        assertThat(store.spentSince(LocalDate.MIN))
                .containsExactly(new BudgetStore.DaySpend("acme", LocalDate.parse("2026-03-30"), usd("3")));
    }

    @Test
    void admitsTheLastCentAndNoMore() {
        Tenant tenant = tenant("10", null);
        reserved(tenant, "10");
        assertThat(budgets.reserve(tenant, usd("0.000000001")))
                .isEqualTo(new BudgetDecision.Exceeded(
                        BudgetPeriod.DAY, usd("10"), usd("0"), Instant.parse("2026-03-31T00:00:00Z")));
        assertThat(budgets.reserve(tenant, usd("0"))).isInstanceOf(BudgetDecision.Reserved.class);
    }

    @Test
    void saysWhichBudgetAndWhenItBeginsAnew() {
        Tenant tenant = tenant("10", "12");
        reserved(tenant, "7").settle(usd("7"));
        clock.advance(Duration.ofDays(1));
        assertThat(budgets.reserve(tenant, usd("6")))
                .isEqualTo(new BudgetDecision.Exceeded(
                        BudgetPeriod.MONTH, usd("12"), usd("5"), Instant.parse("2026-04-01T00:00:00Z")));
        clock.advance(Duration.ofDays(1));
        reserved(tenant, "6");
    }

    @Test
    void leavesNoPhantomSpendBehindACancelOrAFailure() {
        Tenant tenant = tenant("10", "100");
        for (int i = 0; i < 1_000; i++) {
            try (Reservation reservation = reserved(tenant, "10")) {
                assertThat(reservation.most()).isEqualTo(usd("10"));
            }
        }
        assertThat(budgets.state("acme")).isEqualTo(new BudgetState(usd("0"), usd("0"), usd("0")));
        assertThat(store.spentSince(LocalDate.MIN)).isEmpty();
    }

    @Test
    void settlesOnceWhateverComesAfter() {
        Reservation reservation = reserved(tenant("10", null), "5");
        reservation.settle(usd("2"));
        reservation.settle(usd("2"));
        reservation.close();
        assertThat(budgets.state("acme").spentToday()).isEqualTo(usd("2"));
    }

    @Test
    void chargesTheDayOnWhichTheRequestBegan() {
        Tenant tenant = tenant("10", null);
        clock.set("2026-03-31T23:59:59Z");
        Reservation late = reserved(tenant, "10");
        clock.set("2026-04-01T00:00:01Z");
        reserved(tenant, "10").settle(usd("1"));
        late.settle(usd("4"));
        assertThat(budgets.state("acme")).isEqualTo(new BudgetState(usd("1"), usd("1"), usd("0")));
        assertThat(store.spentSince(LocalDate.MIN))
                .containsExactlyInAnyOrder(
                        new BudgetStore.DaySpend("acme", LocalDate.parse("2026-03-31"), usd("4")),
                        new BudgetStore.DaySpend("acme", LocalDate.parse("2026-04-01"), usd("1")));
    }

    @Test
    void opensNoOldDayAgainWhereTheClockStepsBack() {
        Tenant tenant = tenant("10", null);
        reserved(tenant, "10");
        clock.set("2026-03-29T12:00:00Z");
        assertThat(budgets.reserve(tenant, usd("1"))).isInstanceOf(BudgetDecision.Exceeded.class);
    }

    @Test
    void remembersSpendButNoReservationAfterARestart() {
        Tenant tenant = tenant("10", "12");
        store.add(new BudgetStore.DaySpend("acme", LocalDate.parse("2026-02-28"), usd("99")));
        store.add(new BudgetStore.DaySpend("acme", LocalDate.parse("2026-03-01"), usd("2")));
        reserved(tenant, "5").settle(usd("4"));
        reserved(tenant, "6");
        Budgets restarted = new Budgets(store, clock, "USD");
        assertThat(restarted.state("acme")).isEqualTo(new BudgetState(usd("4"), usd("6"), usd("0")));
        assertThat(restarted.reserve(tenant, usd("6"))).isInstanceOf(BudgetDecision.Reserved.class);
    }

    @Test
    void refusesNobodyWithoutABudgetAndCountsAllTheSame() {
        reserved(Tenant.unlimited("acme"), "1000000").settle(usd("999999"));
        assertThat(budgets.state("acme").spentThisMonth()).isEqualTo(usd("999999"));
    }

    @Test
    void forgetsTenantsOfPastMonthsUnlessTheyStillOwe() {
        Reservation running = reserved(Tenant.unlimited("running"), "1");
        reserved(Tenant.unlimited("gone"), "1").settle(usd("1"));
        budgets.forgetPast();
        assertThat(budgets.trackedTenants()).isEqualTo(2);
        clock.set("2026-04-02T00:00:00Z");
        budgets.forgetPast();
        assertThat(budgets.trackedTenants()).isEqualTo(1);
        running.settle(usd("1"));
        budgets.forgetPast();
        assertThat(budgets.trackedTenants()).isZero();
    }

    @Test
    void overrunsANearlyEmptyBudgetByNothingUnderAThousandThreads() throws Exception {
        Tenant tenant = tenant("10", "10");
        reserved(tenant, "9").settle(usd("9"));
        AtomicInteger admitted = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Thread thread = new Thread(null, () -> spend(tenant, start, admitted), "spender", 64 << 10);
            threads.add(thread);
            thread.start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.MINUTES.toMillis(1));
        }
        // Every admitted request costs its worst case, so exactly a hundred of 0.01 fit.
        assertThat(admitted).hasValue(100);
        assertThat(budgets.state("acme")).isEqualTo(new BudgetState(usd("10"), usd("10"), usd("0")));
        assertThat(store.spentSince(LocalDate.MIN))
                .extracting(BudgetStore.DaySpend::amount)
                .containsExactly(usd("10"));
    }

    private void spend(Tenant tenant, CountDownLatch start, AtomicInteger admitted) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (budgets.reserve(tenant, usd("0.01")) instanceof BudgetDecision.Reserved reserved) {
            admitted.incrementAndGet();
            reserved.reservation().settle(usd("0.01"));
        }
    }

    /** Any order of reservations, settlements, refunds and midnights against plain sums over all that ever happened. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithPlainSumsWhateverHappens(long seed) {
        Random random = new Random(seed);
        Tenant tenant = tenant("0.000001", "0.000005");
        List<Charge> charges = new ArrayList<>();
        List<Charge> open = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int what = random.nextInt(10);
            if (what < 5) {
                reserveAsTheSumsSay(tenant, random.nextInt(300), charges, open);
            } else if (what < 9 && !open.isEmpty()) {
                Charge charge = open.remove(random.nextInt(open.size()));
                charge.nanos = random.nextBoolean() ? 0 : random.nextLong(charge.nanos + 1);
                charge.reservation.settle(new Money(charge.nanos, "USD"));
            } else if (random.nextInt(10) == 0) {
                clock.advance(Duration.ofHours(random.nextInt(30)));
            }
        }
        open.forEach(charge -> charge.reservation.close());
        charges.removeAll(open);
        long kept = store.spentSince(LocalDate.MIN).stream()
                .mapToLong(spend -> spend.amount().nanos())
                .sum();
        assertThat(kept)
                .isEqualTo(charges.stream().mapToLong(charge -> charge.nanos).sum());
        assertThat(budgets.state("acme").reserved()).isEqualTo(usd("0"));
    }

    private void reserveAsTheSumsSay(Tenant tenant, long nanos, List<Charge> charges, List<Charge> open) {
        LocalDate today = LocalDate.parse(clock.instant().toString().substring(0, 10));
        long inDay = charges.stream()
                .filter(charge -> charge.day.equals(today))
                .mapToLong(charge -> charge.nanos)
                .sum();
        long inMonth = charges.stream()
                .filter(charge -> charge.day.withDayOfMonth(1).equals(today.withDayOfMonth(1)))
                .mapToLong(charge -> charge.nanos)
                .sum();
        BudgetDecision decision = budgets.reserve(tenant, new Money(nanos, "USD"));
        boolean fits = inDay + nanos <= 1_000 && inMonth + nanos <= 5_000;
        assertThat(decision instanceof BudgetDecision.Reserved).isEqualTo(fits);
        if (decision instanceof BudgetDecision.Reserved reserved) {
            Charge charge = new Charge(today, nanos, reserved.reservation());
            charges.add(charge);
            open.add(charge);
        }
    }

    @Test
    void refusesNegativeAmountsAndOtherCurrencies() {
        Reservation reservation = reserved(tenant("10", null), "5");
        assertThatThrownBy(() -> reservation.settle(usd("-1"))).hasMessageContaining("-1 USD");
        assertThatThrownBy(() -> budgets.reserve(tenant("10", null), usd("-1")))
                .hasMessageContaining("most must be >= 0: -1 USD");
        assertThatThrownBy(() -> budgets.reserve(tenant("10", null), Money.of("1", "EUR")))
                .hasMessageContaining("most must be in USD: 1 EUR");
        Tenant euros = Tenant.unlimited("e").withBudgets(new TenantBudgets(Money.of("1", "EUR"), null));
        assertThatThrownBy(() -> budgets.reserve(euros, usd("1"))).hasMessageContaining("must be in USD: 1 EUR");
    }

    private Reservation reserved(Tenant tenant, String amount) {
        BudgetDecision decision = budgets.reserve(tenant, usd(amount));
        assertThat(decision).isInstanceOf(BudgetDecision.Reserved.class);
        return ((BudgetDecision.Reserved) decision).reservation();
    }

    private static Tenant tenant(String day, String month) {
        return Tenant.unlimited("acme")
                .withBudgets(new TenantBudgets(day == null ? null : usd(day), month == null ? null : usd(month)));
    }

    private static Money usd(String amount) {
        return Money.of(amount, "USD");
    }

    /** What a reservation counts for: all of it until it is settled, then what was spent. */
    private static final class Charge {

        private final LocalDate day;
        private final Reservation reservation;
        private long nanos;

        Charge(LocalDate day, long nanos, Reservation reservation) {
            this.day = day;
            this.nanos = nanos;
            this.reservation = reservation;
        }
    }
}
