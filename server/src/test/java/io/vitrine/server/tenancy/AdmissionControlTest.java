package io.vitrine.server.tenancy;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.tenants.Glob;
import io.vitrine.tenants.Money;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantBudgets;
import io.vitrine.tenants.TenantLimits;
import io.vitrine.tenants.budget.Budgets;
import io.vitrine.tenants.budget.InMemoryBudgetStore;
import io.vitrine.tenants.cost.PriceBook;
import io.vitrine.tenants.cost.PriceEntry;
import io.vitrine.tenants.cost.TierKind;
import io.vitrine.tenants.cost.TokenRates;
import io.vitrine.tenants.cost.Usage;
import io.vitrine.tenants.limits.Permit;
import io.vitrine.tenants.limits.RateLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The budget's side of letting requests in: what a request holds is the seam that its life settles. */
@Timeout(60)
class AdmissionControlTest {

    private static final Instant NOW = Instant.parse("2026-11-24T23:00:00Z");
    private static final String MODEL = "m";

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    /** One unit a token, in and out: 10 tokens cost 10 units. */
    private static final PriceBook PRICES = new PriceBook(
            "EUR",
            List.of(new PriceEntry(
                    new Glob(MODEL),
                    LocalDate.of(2026, 1, 1),
                    TierKind.INPUT_TOKENS,
                    new TreeMap<>(Map.of(0L, new TokenRates(MILLION, MILLION, MILLION))))));

    /** 10 units, and what the book adds to the worst case for rounding. */
    private static final Usage TEN = new Usage(4, 0, 6);

    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final Budgets budgets = new Budgets(new InMemoryBudgetStore(), clock, "EUR");
    private final AdmissionControl admission =
            new AdmissionControl(new RateLimits(() -> 0), budgets, PRICES, new MonthTokens(List.of()), clock);

    @Test
    void aThousandAtOnceDoNotOverrunABudgetForSeven() throws Exception {
        Tenant tenant = budget("75");
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        List<Future<Optional<Admittance>>> asked = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            asked.add(threads.submit(() -> {
                start.await();
                return tryAdmit(tenant);
            }));
        }
        start.countDown();
        List<Admittance> admitted = new ArrayList<>();
        for (Future<Optional<Admittance>> one : asked) {
            one.get(30, TimeUnit.SECONDS).ifPresent(admitted::add);
        }
        threads.shutdown();

        assertThat(admitted).hasSize(7);
        admitted.forEach(one -> one.settle(TEN));
        assertThat(budgets.state("acme").spentToday()).isEqualTo(Money.of("70", "EUR"));
        assertThat(budgets.state("acme").reserved().nanos()).isZero();
        assertThat(tryAdmit(tenant)).isEmpty();
    }

    @Test
    void chargesWhatWasUsedOnceAndGivesTheRestBack() {
        Tenant tenant = budget("11");
        Admittance first = admit(tenant, MODEL);
        assertThat(tryAdmit(tenant)).isEmpty();

        first.settle(new Usage(4, 0, 1));
        first.settle(TEN);
        first.refund(TEN);

        assertThat(budgets.state("acme").spentToday()).isEqualTo(Money.of("5", "EUR"));
        assertThat(tryAdmit(budget("16"))).isPresent();
    }

    @Test
    void aRefundChargesNothing() {
        Admittance failed = admit(budget("11"), MODEL);

        failed.refund(new Usage(4, 0, 2));

        assertThat(budgets.state("acme").spentThisMonth().nanos()).isZero();
        assertThat(tryAdmit(budget("11"))).isPresent();
    }

    @Test
    void saysWhatIsLeftAndWhenTheBudgetIsRenewed() {
        assertThatThrownBy(() -> admit(budget("9"), MODEL))
                .isInstanceOfSatisfying(ApiException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ErrorReason.INSUFFICIENT_QUOTA);
                    assertThat(refusal.code()).isEqualTo("insufficient_quota");
                    assertThat(refusal.retryAfter()).contains(Duration.ofHours(1));
                })
                .hasMessageContaining("9 EUR a day has 9 EUR left")
                .hasMessageContaining("with max_tokens of at most 4 it fits")
                .hasMessageContaining("2026-11-25T00:00:00Z");
    }

    @Test
    void aBudgetThatRefusesGivesThePlaceAmongConcurrentRequestsBack() {
        Tenant one = budget("9")
                .withLimits(new TenantLimits(
                        TenantLimits.UNLIMITED,
                        TenantLimits.UNLIMITED,
                        1,
                        TenantLimits.UNLIMITED,
                        TenantLimits.UNLIMITED));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> admit(one, MODEL)).hasMessageContaining("budget");
        }
    }

    @Test
    void aModelWithoutAPriceHoldsNoMoney() {
        Tenant spent = budget("0");

        admit(spent, "another").settle(TEN);

        assertThat(budgets.state("acme").spentToday().nanos()).isZero();
    }

    /** Both stages; what is refused in the second gives its place back. */
    private Admittance admit(Tenant tenant, String model) {
        Permit permit = admission.enter(tenant);
        try {
            return admission.reserve(tenant, permit, new Demand(model, TEN, 1, TEN.outputTokens(), "max_tokens"));
        } catch (ApiException refusal) {
            permit.close();
            throw refusal;
        }
    }

    private Optional<Admittance> tryAdmit(Tenant tenant) {
        try {
            return Optional.of(admit(tenant, MODEL));
        } catch (ApiException refusal) {
            assertThat(refusal.reason()).isEqualTo(ErrorReason.INSUFFICIENT_QUOTA);
            return Optional.empty();
        }
    }

    private static Tenant budget(String day) {
        return Tenant.unlimited("acme").withBudgets(new TenantBudgets(Money.of(day, "EUR"), null));
    }
}
