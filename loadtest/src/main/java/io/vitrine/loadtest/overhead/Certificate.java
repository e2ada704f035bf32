package io.vitrine.loadtest.overhead;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import org.jspecify.annotations.Nullable;

/**
 * What an experiment says. Changes are shares, positive where an arm costs something.
 *
 * @param tailPercentile of the time to first token; empty if there are too few requests for any
 */
record Certificate(
        Setup setup,
        List<Effect> effects,
        List<Factor> factors,
        List<Reconciliation> reconciliations,
        Health health,
        OptionalDouble tailPercentile) {

    Certificate {
        effects = List.copyOf(effects);
        factors = List.copyOf(factors);
        reconciliations = List.copyOf(reconciliations);
    }

    /**
     * An arm against the baseline.
     *
     * @param level which percentile, where the outcome is one of pooled samples; else empty
     * @param baseline the outcome without telemetry, in its unit
     * @param value the outcome in this arm
     * @param low of the 90 % interval
     * @param detectable the smallest effect that this experiment finds with 90 % probability
     * @param p of no difference, two-sided
     * @param holm the same, adjusted for all comparisons
     * @param verdict null for outcomes that have no margin
     * @param rows pairs
     * @param units independent ones among them: launches, or rows where there are few launches
     */
    record Effect(
            String arm,
            String outcome,
            String level,
            double baseline,
            double value,
            double change,
            double low,
            double high,
            double low95,
            double high95,
            double detectable,
            double p,
            double holm,
            @Nullable Verdict verdict,
            int rows,
            int units) {

        Effect withHolm(double adjusted) {
            return new Effect(
                    arm,
                    outcome,
                    level,
                    baseline,
                    value,
                    change,
                    low,
                    high,
                    low95,
                    high95,
                    detectable,
                    p,
                    adjusted,
                    verdict,
                    rows,
                    units);
        }
    }

    /** A main effect or an interaction of the factorial, with its 90 % interval. */
    record Factor(String term, String outcome, double change, double low, double high) {}

    /**
     * Microbenchmarks times operations beside the measured difference, in nanoseconds or bytes per token.
     *
     * @param measured with its 90 % interval
     */
    record Reconciliation(
            String arm,
            String outcome,
            double stepsPerToken,
            double requestsPerToken,
            double predicted,
            double measured,
            double low,
            double high) {

        /** Whether the interval has the prediction: nothing is unaccounted for. */
        boolean agrees() {
            return Double.isFinite(high) && predicted >= low && predicted <= high;
        }
    }

    /**
     * Whether the experiment can be trusted.
     *
     * @param clientBusy of the worst block, as {@code sendLagMs} and {@code loopDelayMs}
     * @param drift rank correlation of the baseline's tokens/s with time; null for too few blocks
     * @param fewLaunches whether intervals hold for these launches only
     */
    record Health(
            int blocks,
            int failedRequests,
            int completedRequests,
            double clientBusy,
            double sendLagMs,
            double loopDelayMs,
            @Nullable Double drift,
            boolean fewLaunches) {}

    Optional<Effect> effect(String arm, Outcome outcome) {
        return effects.stream()
                .filter(effect -> effect.arm().equals(arm) && effect.outcome().equals(outcome.label()))
                .findFirst();
    }
}
