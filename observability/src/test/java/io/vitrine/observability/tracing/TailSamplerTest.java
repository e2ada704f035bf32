package io.vitrine.observability.tracing;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

import io.opentelemetry.api.trace.TraceState;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.Route;
import io.vitrine.observability.TenantTraces;
import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.KeepReason;
import org.junit.jupiter.api.Test;

import static io.vitrine.observability.tracing.TestTraces.facts;
import static io.vitrine.observability.tracing.TestTraces.failed;
import static io.vitrine.observability.tracing.TestTraces.good;
import static io.vitrine.observability.tracing.TestTraces.request;
import static io.vitrine.observability.tracing.TestTraces.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TailSamplerTest {

    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000 * MILLISECOND;
    private static final Duration SHORT = Duration.ofMillis(5);

    private static final TraceState NO_STATE = TraceState.getDefault();

    private final Random random = new Random(11);

    @Test
    void underOnePercentEveryFailedAndEverySlowRequestIsKept() {
        TailSampler sampler = sampler(rules(0.01));
        int good = 0;
        int goodKept = 0;
        double estimate = 0;
        for (int i = 0; i < 20_000; i++) {
            long now = i * MILLISECOND;
            switch (i % 10) {
                case 0 -> assertKept(sampler.decide(facts(traceId(), failed(now))), KeepReason.ERROR);
                case 1 ->
                    assertKept(
                            sampler.decide(
                                    facts(traceId(), request(now, Outcome.TIMED_OUT, 504, Duration.ZERO, SHORT))),
                            KeepReason.ERROR);
                case 2 ->
                    assertKept(
                            sampler.decide(facts(
                                    traceId(), request(now, Outcome.COMPLETED, 200, Duration.ofMillis(1_001), SHORT))),
                            KeepReason.SLO_MISS);
                case 3 ->
                    assertKept(
                            sampler.decide(facts(
                                    traceId(), request(now, Outcome.COMPLETED, 200, SHORT, Duration.ofMillis(10_001)))),
                            KeepReason.SLO_MISS);
                default -> {
                    good++;
                    if (sampler.decide(facts(traceId(), good(now))) instanceof Decision.Kept kept) {
                        goodKept++;
                        estimate += kept.ratio().orElseThrow().adjustedCount();
                    }
                }
            }
        }
        assertThat(goodKept).isBetween(good / 200, good / 50);
        assertThat(estimate).isCloseTo(good, within(0.5 * good));
    }

    @Test
    void aRequestJustInTimeIsNotSlow() {
        RequestSummary inTime =
                request(0, Outcome.COMPLETED, 200, TestTraces.SLOW_FIRST_TOKEN, TestTraces.SLOW_REQUEST);

        assertDropped(sampler(rules(0)).decide(facts(traceId(), inTime)), DropReason.RATIO);
    }

    @Test
    void whoLeftAfterWaitingTooLongForTheFirstTokenWasServedSlowly() {
        RequestSummary left = request(0, Outcome.CANCELLED, 499, Duration.ZERO, Duration.ofMillis(1_001));

        assertKept(sampler(rules(0)).decide(facts(traceId(), left)), KeepReason.SLO_MISS);
    }

    @Test
    void aCallersMistakeIsNoErrorOfTheServer() {
        assertDropped(
                sampler(rules(0)).decide(facts(traceId(), refused(Route.CHAT_COMPLETIONS, 400))), DropReason.RATIO);
        assertDropped(
                sampler(rules(0)).decide(facts(traceId(), refused(Route.CHAT_COMPLETIONS, 429))), DropReason.RATIO);
        assertKept(sampler(rules(0)).decide(facts(traceId(), refused(Route.CHAT_COMPLETIONS, 503))), KeepReason.ERROR);
    }

    @Test
    void probesAreNeverKeptNotEvenRefusedOnes() {
        TailSampler sampler = sampler(rules(1));

        assertDropped(sampler.decide(facts(traceId(), refused(Route.HEALTH, 503))), DropReason.NEVER);
    }

    @Test
    void keepsWhatSomebodySpeaksFor() {
        TailSampler sampler = sampler(rules(0));
        RequestSummary gold = request("gold", 0, Outcome.COMPLETED, 200, SHORT, SHORT);

        assertKept(
                sampler.decide(new TraceFacts(
                        traceId(), NO_STATE, CallerSampling.DROPPED, false, true, TenantTraces.SAMPLED, 10, gold)),
                KeepReason.PRIORITY_TENANT);
        assertKept(sampler.decide(asked(0)), KeepReason.FLAGGED);
        assertDropped(sampler.decide(facts(traceId(), good(0))), DropReason.RATIO);
    }

    private TraceFacts asked(long endNanos) {
        return new TraceFacts(
                traceId(), NO_STATE, CallerSampling.NONE, true, false, TenantTraces.SAMPLED, 10, good(endNanos));
    }

    @Test
    void ignoresTheFlagOfACallerThatIsNotTrusted() {
        assertDropped(sampler(rules(0)).decide(called("default", CallerSampling.SAMPLED, "")), DropReason.RATIO);
        Decision kept = sampler(rules(1)).decide(called("default", CallerSampling.DROPPED, "ot=th:8"));

        assertThat(kept).isEqualTo(new Decision.Kept(KeepReason.RATIO, Optional.of(SampleRatio.of(1))));
    }

    @Test
    void followsATrustedCallerAndKeepsItsThreshold() {
        String high = "rv:c0000000000000";

        assertThat(sampler(rules(0)).decide(called("mesh", CallerSampling.SAMPLED, "ot=th:8;" + high)))
                .isEqualTo(new Decision.Kept(KeepReason.CALLER, Optional.of(SampleRatio.of(0.5))));
        assertDropped(sampler(rules(1)).decide(called("mesh", CallerSampling.DROPPED, "")), DropReason.CALLER);
    }

    @Test
    void aTrustedCallerThatSaysNoChanceGivesNoCount() {
        Decision.Kept unknown = new Decision.Kept(KeepReason.CALLER, Optional.empty());

        assertThat(sampler(rules(0)).decide(called("mesh", CallerSampling.SAMPLED, "")))
                .isEqualTo(unknown);
        // With this threshold it would not have been sampled: it cannot be right.
        assertThat(sampler(rules(0)).decide(called("mesh", CallerSampling.SAMPLED, "ot=th:8;rv:70000000000000")))
                .isEqualTo(unknown);
    }

    @Test
    void keepsFailuresOfATrustedCallerThatDropsItsPart() {
        TraceFacts facts = new TraceFacts(
                traceId(),
                NO_STATE,
                CallerSampling.DROPPED,
                false,
                false,
                TenantTraces.SAMPLED,
                10,
                request("mesh", 0, Outcome.FAILED, 500, SHORT, SHORT));

        assertKept(sampler(rules(1)).decide(facts), KeepReason.ERROR);
    }

    @Test
    void clientsWishesStayWithinTheBudget() {
        for (boolean called : new boolean[] {true, false}) {
            TailSampler sampler = sampler(rules(0, 0, 500));
            int keptSpans = 0;
            for (int i = 0; i < 20_000; i++) {
                TraceFacts facts =
                        called ? called("mesh", CallerSampling.SAMPLED, "", i * MILLISECOND) : asked(i * MILLISECOND);
                keptSpans += sampler.decide(facts) instanceof Decision.Kept ? 10 : 0;
            }
            assertThat(keptSpans).isLessThanOrEqualTo(21 * 500).isGreaterThan(12 * 500);
        }
    }

    @Test
    void theThresholdOfBudgetAndCallerIsTheStricterOne() {
        TailSampler sampler = sampler(rules(0, 0, 500));
        double estimate = 0;
        int all = 0;
        for (int i = 0; i < 20_000; i++) {
            // The caller keeps one trace in two, and sends requests of those that it does not keep too.
            String traceId = traceId();
            TraceState state = TraceStates.parse("ot=th:8");
            boolean sampled = SampleRatio.of(0.5).keeps(traceId, state);
            CallerSampling caller = sampled ? CallerSampling.SAMPLED : CallerSampling.DROPPED;
            Decision decision = sampler.decide(new TraceFacts(
                    traceId,
                    state,
                    caller,
                    false,
                    false,
                    TenantTraces.SAMPLED,
                    10,
                    request("mesh", i * MILLISECOND, Outcome.COMPLETED, 200, SHORT, SHORT)));
            if (i >= 2_000) {
                all++;
                estimate += decision instanceof Decision.Kept kept
                        ? kept.ratio().orElseThrow().adjustedCount()
                        : 0;
            }
        }
        assertThat(estimate).isCloseTo(all, within(0.25 * all));
    }

    private TraceFacts called(String tenant, CallerSampling caller, String state) {
        return called(tenant, caller, state, 0);
    }

    private TraceFacts called(String tenant, CallerSampling caller, String state, long endNanos) {
        return new TraceFacts(
                traceId(),
                TraceStates.parse(state),
                caller,
                false,
                false,
                TenantTraces.SAMPLED,
                10,
                request(tenant, endNanos, Outcome.COMPLETED, 200, SHORT, SHORT));
    }

    @Test
    void theMoreRequestsFailTheMoreGoodOnesAreKeptUpToALimit() {
        assertThat(shareOfGoodKept(0.0)).isCloseTo(0.01, within(0.01));
        assertThat(shareOfGoodKept(0.2)).isCloseTo(0.2, within(0.03));
        assertThat(shareOfGoodKept(0.8)).isCloseTo(0.4, within(0.05));
    }

    private double shareOfGoodKept(double errorRate) {
        TailSampler sampler = sampler(rules(0.01, 0.4, Integer.MAX_VALUE));
        int good = 0;
        int kept = 0;
        for (int i = 0; i < 30_000; i++) {
            long now = i * MILLISECOND;
            if (random.nextDouble() < errorRate) {
                sampler.decide(facts(traceId(), failed(now)));
            } else {
                Decision decision = sampler.decide(facts(traceId(), good(now)));
                boolean settled = now > 10 * SECOND;
                good += settled ? 1 : 0;
                kept += settled && decision instanceof Decision.Kept ? 1 : 0;
            }
        }
        return (double) kept / good;
    }

    @Test
    void whenNoneFailsAnyMoreTheRatioFallsBack() {
        TailSampler sampler = sampler(rules(0, 1, Integer.MAX_VALUE));
        for (int i = 0; i < 1_000; i++) {
            sampler.decide(facts(traceId(), failed(i * MILLISECOND)));
        }
        assertThat(sampler.decide(facts("f".repeat(32), good(2 * SECOND)))).isInstanceOf(Decision.Kept.class);
        assertDropped(sampler.decide(facts("f".repeat(32), good(12 * SECOND))), DropReason.RATIO);
    }

    @Test
    void keepsWithinTheBudgetAndTheKeptOnesStillStandForAll() {
        int perSecond = 500;
        TailSampler sampler = sampler(rules(1, 0, perSecond));
        int all = 0;
        int keptSpans = 0;
        double estimate = 0;
        // 1000 traces of 10 spans a second, for 20 seconds.
        for (int i = 0; i < 20_000; i++) {
            Decision decision = sampler.decide(facts(traceId(), good(i * MILLISECOND)));
            if (i >= 2_000) {
                all++;
                if (decision instanceof Decision.Kept kept) {
                    keptSpans += 10;
                    estimate += kept.ratio().orElseThrow().adjustedCount();
                }
            }
        }
        assertThat(keptSpans).isLessThanOrEqualTo(19 * perSecond).isGreaterThan(12 * perSecond);
        assertThat(estimate).isCloseTo(all, within(0.2 * all));
    }

    @Test
    void whatMustBeKeptIsKeptBeyondTheBudget() {
        TailSampler sampler = sampler(rules(1, 0, 10));
        for (int i = 0; i < 1_000; i++) {
            assertKept(sampler.decide(facts(traceId(), failed(i))), KeepReason.ERROR);
        }
        assertDropped(sampler.decide(facts(traceId(), good(1_000))), DropReason.BUDGET);
        assertThat(sampler.decide(facts("f".repeat(32), good(5 * SECOND)))).isInstanceOf(Decision.Kept.class);
    }

    @Test
    void aChangeOfTheRulesHoldsForTheNextDecision() {
        TracingControl control = new TracingControl(rules(0));
        TailSampler sampler = new TailSampler(control);
        assertDropped(sampler.decide(facts(traceId(), good(0))), DropReason.RATIO);

        control.change(rules(1));

        assertKept(sampler.decide(facts(traceId(), good(0))), KeepReason.RATIO);
    }

    private static RequestSummary refused(Route route, int status) {
        return new RequestSummary(
                "r",
                route,
                Optional.empty(),
                "default",
                Outcome.REFUSED,
                status,
                false,
                0,
                1,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Tokens.NONE,
                0,
                Optional.empty(),
                Optional.of(ErrorType.DRAINING),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static TailSampler sampler(TracingRules rules) {
        return new TailSampler(new TracingControl(rules));
    }

    private String traceId() {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }

    private static void assertKept(Decision decision, KeepReason reason) {
        assertThat(decision).isInstanceOfSatisfying(Decision.Kept.class, kept -> assertThat(kept.reason())
                .isEqualTo(reason));
    }

    private static void assertDropped(Decision decision, DropReason reason) {
        assertThat(decision).isEqualTo(new Decision.Dropped(reason));
    }
}
