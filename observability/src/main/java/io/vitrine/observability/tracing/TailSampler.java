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
 * <p>In this order: probes never, nor what its tenant's policy keeps out; what failed, was slow, was asked for, is a priority tenant's or is kept by its caller always;
 * the rest by chance, which rises to the share of requests that fail (so that there are good ones to compare with) and falls
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
            return new Decision.Kept(must.get(), ALL);
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
        if (facts.flagged()) {
            return Optional.of(KeepReason.FLAGGED);
        }
        if (facts.tenantTraces() == TenantTraces.ALWAYS
                || rules.priorityTenants().contains(summary.tenantId())) {
            return Optional.of(KeepReason.PRIORITY_TENANT);
        }
        return facts.callerKeeps() ? Optional.of(KeepReason.CALLER) : Optional.empty();
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
        if (!budget.take(facts.spans())) {
            return new Decision.Dropped(DropReason.BUDGET);
        }
        boolean anyway = SampleRatio.of(rules.ratio()).keeps(facts.traceId(), facts.state());
        return new Decision.Kept(anyway ? KeepReason.RATIO : KeepReason.ADAPTIVE, ratio);
    }
}
