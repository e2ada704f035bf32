package io.vitrine.observability.tracing;

import io.vitrine.model.engine.StepShare;

/** The steps of one sequence in sums, for one span that stands for all of them. Nothing is made for a step. */
final class StepSums {

    final ModelParts parts = new ModelParts();
    int steps;
    int tokens;
    long wallNanos;
    long shareNanos;
    long samplingNanos;
    int sampledCount;
    long constraintNanos;
    int forcedCount;

    void add(StepShare share) {
        long nanos = share.modelEndNanos() - share.startNanos();
        steps++;
        tokens += share.tokens();
        wallNanos += nanos;
        shareNanos += share.shareNanos();
        if (share.timings().isPresent()) {
            parts.add(nanos, share.timings().get());
        }
    }

    void sampled(long nanos) {
        sampledCount++;
        samplingNanos += nanos;
    }

    void constrained(long nanos, boolean forced) {
        constraintNanos += nanos;
        forcedCount += forced ? 1 : 0;
    }
}
