package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantLimits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RateLimitsTest {

    private static final long UNLIMITED = TenantLimits.UNLIMITED;

    private final AtomicLong now = new AtomicLong(-5_000_000_000L);
    private final RateLimits limits = new RateLimits(now::get);

    @Test
    void aLookSaysWhatTheNextRequestWouldFindAndTakesNothing() {
        Tenant tenant = tenant(3, 100, UNLIMITED);
        RateState before = limits.state(tenant);
        assertThat(before.requests()).contains(new RateState.Window(3, 3, Duration.ZERO));
        assertThat(before.tokens()).contains(new RateState.Window(100, 100, Duration.ZERO));
        assertThat(limits.trackedTenants()).isZero();
        admitted(tenant, 40);
        for (int i = 0; i < 2; i++) {
            assertThat(limits.state(tenant).requests()).contains(new RateState.Window(3, 2, Duration.ofSeconds(20)));
            assertThat(limits.state(tenant).tokens().orElseThrow().remaining()).isEqualTo(60);
        }
        advance(Duration.ofSeconds(20));
        assertThat(limits.state(tenant).requests().orElseThrow().remaining()).isEqualTo(3);
        assertThat(limits.state(tenant(UNLIMITED, UNLIMITED, 1)).headers()).isEmpty();
    }

    @Test
    void refusesTheRequestAfterTheLastOfTheMinute() {
        Tenant tenant = tenant(3, UNLIMITED, UNLIMITED);
        for (int i = 0; i < 3; i++) {
            admitted(tenant, 1);
        }
        Admission.Refused refused = refused(tenant, 1);
        assertThat(refused.reason()).isEqualTo(LimitReason.REQUESTS_PER_MINUTE);
        assertThat(refused.retryAfter()).contains(new RetryAfter(Duration.ofSeconds(20)));
        advance(Duration.ofSeconds(20));
        admitted(tenant, 1);
    }

    @Test
    void takesTheLongestAnswerFirstAndGivesBackWhatWasNotUsed() {
        Tenant tenant = tenant(UNLIMITED, 100, UNLIMITED);
        Permit permit = admitted(tenant, 80);
        assertThat(refused(tenant, 80).retryAfter()).contains(new RetryAfter(Duration.ofSeconds(36)));
        permit.settle(10);
        Permit second = admitted(tenant, 80);
        second.settle(85);
        assertThat(refused(tenant, 10).state().tokens().orElseThrow().remaining())
                .isEqualTo(5);
    }

    @Test
    void takesNothingForARequestThatItRefuses() {
        Tenant tenant = tenant(10, 100, UNLIMITED);
        admitted(tenant, 60);
        for (int i = 0; i < 50; i++) {
            refused(tenant, 50);
        }
        RateState state = limits.state(tenant);
        assertThat(state.requests().orElseThrow().remaining()).isEqualTo(9);
        assertThat(state.tokens().orElseThrow().remaining()).isEqualTo(40);
    }

    @Test
    void tellsTheLongerWaitWhereBothRatesAreSpent() {
        Tenant tenant = tenant(1, 20, UNLIMITED);
        admitted(tenant, 20);
        Admission.Refused refused = refused(tenant, 1);
        assertThat(refused.reason()).isEqualTo(LimitReason.REQUESTS_PER_MINUTE);
        assertThat(refused.retryAfter()).contains(new RetryAfter(Duration.ofMinutes(1)));
    }

    @Test
    void aTenantWithoutATokenLeftIsRefusedAtTheHead() {
        Tenant tenant = tenant(60, 20, UNLIMITED);
        admitted(tenant, 20);
        Admission.Refused refused = (Admission.Refused) limits.enter(tenant);
        assertThat(refused.reason()).isEqualTo(LimitReason.TOKENS_PER_MINUTE);
        assertThat(refused.retryAfter()).contains(new RetryAfter(Duration.ofSeconds(3)));
        assertThat(refused.state().requests().orElseThrow().remaining()).isEqualTo(59);
    }

    @Test
    void countsARequestWhoseTokensAreRefusedUnlessWithdrawn() {
        Tenant tenant = tenant(10, 100, 1);
        Permit closed = ((Admission.Admitted) limits.enter(tenant)).permit();
        assertThat(closed.reserve(tenant.limits(), 101)).isPresent();
        assertThat(limits.enter(tenant)).as("it still holds its place").isInstanceOf(Admission.Refused.class);
        closed.close();
        assertThat(limits.state(tenant).requests().orElseThrow().remaining()).isEqualTo(9);
        Permit withdrawn = ((Admission.Admitted) limits.enter(tenant)).permit();
        assertThat(withdrawn.reserve(tenant.limits(), 100)).isEmpty();
        withdrawn.withdraw();
        withdrawn.withdraw();
        withdrawn.close();
        assertThat(limits.state(tenant).requests().orElseThrow().remaining()).isEqualTo(9);
        assertThat(limits.state(tenant).tokens().orElseThrow().remaining()).isEqualTo(100);
        assertThatThrownBy(() -> withdrawn.reserve(tenant.limits(), 1)).isInstanceOf(IllegalStateException.class);
        admitted(tenant, 1);
    }

    @Test
    void saysThatNoWaitHelpsWhereOneRequestIsMoreThanAMinutes() {
        Admission.Refused refused = refused(tenant(10, 100, UNLIMITED), 101);
        assertThat(refused.reason()).isEqualTo(LimitReason.REQUEST_TOO_LARGE);
        assertThat(refused.retryAfter()).isEmpty();
    }

    @Test
    void countsARequestUntilItIsSettledOrClosedOnce() {
        Tenant tenant = tenant(UNLIMITED, UNLIMITED, 2);
        Permit first = admitted(tenant, 1);
        Permit second = admitted(tenant, 1);
        assertThat(refused(tenant, 1).reason()).isEqualTo(LimitReason.CONCURRENT_REQUESTS);
        first.close();
        first.close();
        first.settle(1);
        admitted(tenant, 1);
        refused(tenant, 1);
        second.settle(1);
        admitted(tenant, 1);
    }

    @Test
    void givesAllTokensBackWhereAPermitIsOnlyClosed() {
        Tenant tenant = tenant(UNLIMITED, 100, UNLIMITED);
        try (Permit permit = admitted(tenant, 100)) {
            assertThat(permit).isNotNull();
            refused(tenant, 1);
        }
        admitted(tenant, 100);
    }

    @Test
    void learnsHowLongThePlacesAreHeld() {
        Tenant tenant = tenant(UNLIMITED, UNLIMITED, 1);
        for (int i = 0; i < 50; i++) {
            Permit permit = admitted(tenant, 1);
            advance(Duration.ofSeconds(8));
            permit.settle(1);
        }
        admitted(tenant, 1);
        assertThat(refused(tenant, 1).retryAfter().orElseThrow().delay())
                .isBetween(Duration.ofMillis(7_900), Duration.ofSeconds(8));
    }

    @Test
    void keepsTenantsApart() {
        admitted(tenant("a", 1, UNLIMITED, UNLIMITED), 1);
        admitted(tenant("b", 1, UNLIMITED, UNLIMITED), 1);
    }

    @Test
    void obeysANewPolicyFromTheNextRequestOn() {
        admitted(tenant(1, UNLIMITED, UNLIMITED), 1);
        refused(tenant(1, UNLIMITED, UNLIMITED), 1);
        admitted(tenant(2, UNLIMITED, UNLIMITED), 1);
        refused(tenant(2, UNLIMITED, UNLIMITED), 1);
        admitted(tenant(UNLIMITED, UNLIMITED, UNLIMITED), 1);
    }

    @Test
    void forgetsIdleTenantsAndNothingThatMatters() {
        Permit permit = admitted(tenant("running", UNLIMITED, UNLIMITED, 1), 1);
        admitted(tenant("spent", 1, UNLIMITED, UNLIMITED), 1).settle(1);
        admitted(tenant("idle", UNLIMITED, 100, UNLIMITED), 1).close();
        limits.forgetIdle();
        assertThat(limits.trackedTenants()).isEqualTo(2);
        refused(tenant("spent", 1, UNLIMITED, UNLIMITED), 1);
        refused(tenant("running", UNLIMITED, UNLIMITED, 1), 1);
        permit.close();
        advance(Duration.ofMinutes(1));
        limits.forgetIdle();
        assertThat(limits.trackedTenants()).isZero();
    }

    @Test
    void staysBoundedUnderAHundredThousandTenants() {
        int most = 0;
        for (int i = 0; i < 100_000; i++) {
            admitted(tenant("t" + i, 10, 1_000, 5), 10).settle(5);
            advance(Duration.ofMillis(100));
            most = Math.max(most, limits.trackedTenants());
        }
        // A tenant's bucket is full again after 6 s: some 60 are active at a time.
        assertThat(most).isLessThanOrEqualTo(1_024);
    }

    @Test
    void admitsNotOneTooManyFromManyThreads() throws Exception {
        Tenant tenant = tenant(500, UNLIMITED, 10);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            results.add(threads.submit(() -> {
                start.await();
                int count = 0;
                for (int request = 0; request < 1_000; request++) {
                    if (limits.enter(tenant) instanceof Admission.Admitted admitted) {
                        count++;
                        admitted.permit().settle(1);
                        limits.forgetIdle();
                    }
                }
                return count;
            }));
        }
        start.countDown();
        int total = 0;
        for (Future<Integer> result : results) {
            total += result.get(1, TimeUnit.MINUTES);
        }
        threads.shutdown();
        assertThat(total).isEqualTo(500);
    }

    @Test
    void saysItInTheHeadersThatClientsKnow() {
        Admission admission = admit(tenant(60, 40_000, UNLIMITED), 1_000);
        assertThat(admission.state().headers())
                .isEqualTo(Map.of(
                        "x-ratelimit-limit-requests", "60",
                        "x-ratelimit-remaining-requests", "59",
                        "x-ratelimit-reset-requests", "1s",
                        "x-ratelimit-limit-tokens", "40000",
                        "x-ratelimit-remaining-tokens", "39000",
                        "x-ratelimit-reset-tokens", "1.5s"));
        assertThat(admit(tenant("free", UNLIMITED, UNLIMITED, 1), 1).state().headers())
                .isEmpty();
    }

    @Test
    void writesTimesShortAndRoundsThemUp() {
        assertThat(reset(Duration.ZERO)).isEqualTo("0s");
        assertThat(reset(Duration.ofNanos(1))).isEqualTo("1ms");
        assertThat(reset(Duration.ofMillis(999))).isEqualTo("999ms");
        assertThat(reset(Duration.ofSeconds(90))).isEqualTo("1m30s");
        assertThat(reset(Duration.ofMinutes(2))).isEqualTo("2m0s");
        RetryAfter retry = new RetryAfter(Duration.ofNanos(1_000_000_001));
        assertThat(retry.headers()).isEqualTo(Map.of("retry-after", "2", "retry-after-ms", "1001"));
        assertThat(new RetryAfter(Duration.ZERO).headers())
                .isEqualTo(Map.of("retry-after", "1", "retry-after-ms", "1"));
    }

    private static String reset(Duration reset) {
        return new RateState(new RateState.Window(1, 0, reset), null).headers().get("x-ratelimit-reset-requests");
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> admit(Tenant.unlimited("a"), -1)).hasMessageContaining("tokens must be >= 0: -1");
        Permit permit = admitted(Tenant.unlimited("a"), 1);
        assertThatThrownBy(() -> permit.settle(-1)).hasMessageContaining("usedTokens must be >= 0: -1");
        assertThatThrownBy(() -> new RetryAfter(Duration.ofNanos(-1))).hasMessageContaining("negative");
    }

    private void advance(Duration duration) {
        now.addAndGet(duration.toNanos());
    }

    /** Enters and reserves; a request whose tokens are refused is withdrawn. */
    private Admission admit(Tenant tenant, long tokens) {
        Admission admission = limits.enter(tenant);
        if (!(admission instanceof Admission.Admitted admitted)) {
            return admission;
        }
        Optional<Admission.Refused> refused = admitted.permit().reserve(tenant.limits(), tokens);
        refused.ifPresent(refusal -> admitted.permit().withdraw());
        return refused.isPresent() ? refused.get() : new Admission.Admitted(admitted.permit(), limits.state(tenant));
    }

    private Permit admitted(Tenant tenant, long tokens) {
        Admission admission = admit(tenant, tokens);
        assertThat(admission).isInstanceOf(Admission.Admitted.class);
        return ((Admission.Admitted) admission).permit();
    }

    private Admission.Refused refused(Tenant tenant, long tokens) {
        Admission admission = admit(tenant, tokens);
        assertThat(admission).isInstanceOf(Admission.Refused.class);
        return (Admission.Refused) admission;
    }

    private static Tenant tenant(long requests, long tokens, long concurrent) {
        return tenant("acme", requests, tokens, concurrent);
    }

    private static Tenant tenant(String id, long requests, long tokens, long concurrent) {
        return Tenant.unlimited(id).withLimits(new TenantLimits(requests, tokens, concurrent, UNLIMITED, UNLIMITED));
    }
}
