package io.vitrine.observability.tracing;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Route;
import io.vitrine.observability.TenantTraces;
import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.KeepReason;

/**
 * Decides at a request's end whether its trace is kept: it knows then whether the request failed or was slow.
 *
 * <p>In this order: probes never, nor what its tenant's policy keeps out; what failed, was slow or is a priority tenant's always; what
 * a client asked for, and what a trusted caller keeps, within the budget of spans; what a trusted caller drops not; the rest by
 * chance, which rises to the share of requests that fail (so that there are good ones to compare with) and falls
 * to what the spans of a second allow. Any thread.
 */
final class TailSampler {

    private static final SampleRatio ALL = SampleRatio.of(1);
    private static final int SERVER_ERRORS = 500;

    private final TracingControl control;
    private final ErrorRate errorRate = new ErrorRate();
    private final SpanBudget budget = new SpanBudget();

    TailSampler(TracingControl control) {
        this.control = control;
    }

    synchronized Decision decide(TraceFacts facts) {
        RequestSummary summary = facts.summary();
        boolean probe = summary.route() == Route.HEALTH && summary.outcome() != Outcome.FAILED;
        if (probe || facts.tenantTraces() == TenantTraces.NEVER) {
            return new Decision.Dropped(DropReason.NEVER);
        }
        TracingRules rules = control.rules();
        errorRate.count(summary.endNanos(), failed(summary));
        budget.offer(summary.endNanos(), facts.spans(), rules.spansPerSecond());
        Optional<KeepReason> must = mustKeep(facts, rules);
        if (must.isPresent()) {
            budget.charge(facts.spans(), rules.spansPerSecond());
            return new Decision.Kept(must.get(), Optional.of(ALL));
        }
        if (facts.flagged()) {
            return withinBudget(facts, rules, new Decision.Kept(KeepReason.FLAGGED, Optional.of(ALL)));
        }
        if (facts.caller() != CallerSampling.NONE && rules.trustsParentOf(summary.tenantId())) {
            return asItsCaller(facts, rules);
        }
        return byChance(facts, rules);
    }

    private static Optional<KeepReason> mustKeep(TraceFacts facts, TracingRules rules) {
        RequestSummary summary = facts.summary();
        if (failed(summary)) {
            return Optional.of(KeepReason.ERROR);
        }
        if (slow(summary, rules)) {
            return Optional.of(KeepReason.SLO_MISS);
        }
        return facts.prescribed() ? Optional.of(KeepReason.PRIORITY_TENANT) : Optional.empty();
    }

    /** By a fault of the server's, not of the caller's. */
    private static boolean failed(RequestSummary summary) {
        return summary.outcome() == Outcome.FAILED
                || summary.outcome() == Outcome.TIMED_OUT
                || summary.status() >= SERVER_ERRORS;
    }

    /** A client that left before its first token has waited for it all the same. */
    private static boolean slow(RequestSummary summary, TracingRules rules) {
        if (summary.choices() == 0) {
            return false;
        }
        OptionalLong firstToken = summary.timeToFirstTokenNanos();
        return longer(summary.durationNanos(), rules.slowRequest())
                || longer(firstToken.orElse(summary.durationNanos()), rules.slowFirstToken());
    }

    private static boolean longer(long nanos, Duration limit) {
        return Duration.ofNanos(nanos).compareTo(limit) > 0;
    }

    private Decision byChance(TraceFacts facts, TracingRules rules) {
        double failing = errorRate.at(facts.summary().endNanos());
        double raised = Math.max(rules.ratio(), Math.min(rules.adaptiveRatio(), failing));
        SampleRatio ratio = SampleRatio.of(Math.min(raised, budget.affordableRatio(rules.spansPerSecond())));
        if (!ratio.keeps(facts.traceId(), facts.state())) {
            boolean forBudget = SampleRatio.of(raised).keeps(facts.traceId(), facts.state());
            return new Decision.Dropped(forBudget ? DropReason.BUDGET : DropReason.RATIO);
        }
        boolean anyway = SampleRatio.of(rules.ratio()).keeps(facts.traceId(), facts.state());
        KeepReason reason = anyway ? KeepReason.RATIO : KeepReason.ADAPTIVE;
        return withinBudget(facts, rules, new Decision.Kept(reason, Optional.of(ratio)));
    }

    /**
     * As its caller decided, with its caller's threshold: it stands for as many as the caller's part does. What the budget has no room
     * for is dropped by the same random number, so that the threshold of the rest is that of both.
     */
    private Decision asItsCaller(TraceFacts facts, TracingRules rules) {
        if (facts.caller() == CallerSampling.DROPPED) {
            return new Decision.Dropped(DropReason.CALLER);
        }
        SampleRatio affordable = SampleRatio.of(budget.affordableRatio(rules.spansPerSecond()));
        if (!affordable.keeps(facts.traceId(), facts.state())) {
            return new Decision.Dropped(DropReason.BUDGET);
        }
        Optional<SampleRatio> ratio =
                CallerSampling.ratio(facts.traceId(), facts.state()).map(affordable::and);
        return withinBudget(facts, rules, new Decision.Kept(KeepReason.CALLER, ratio));
    }

    private Decision withinBudget(TraceFacts facts, TracingRules rules, Decision.Kept kept) {
        return budget.take(facts.spans(), rules.spansPerSecond()) ? kept : new Decision.Dropped(DropReason.BUDGET);
    }
}
