package io.vitrine.observability.tracing;

import io.vitrine.model.engine.StepShare;
import org.jspecify.annotations.Nullable;

/** One step as one sequence saw it, kept for a span of its own. Written by the engine thread, read when the request is over. */
final class StepNote {

    final long index;
    final long startNanos;
    final ModelParts parts = new ModelParts();
    /** The step itself, if it is to have a span. */
    final @Nullable StepTrace step;

    int sequenceCount;
    long modelEndNanos;
    long wallNanos;
    long shareNanos;
    int tokens;
    int steps = 1;
    long endNanos;
    long samplingStartNanos;
    long samplingNanos;
    int sampledCount;
    long constraintNanos;
    int forcedCount;

    StepNote(StepShare share, @Nullable StepTrace step) {
        this.index = share.stepIndex();
        this.startNanos = share.startNanos();
        this.step = step;
        this.sequenceCount = share.sequenceCount();
        this.modelEndNanos = share.modelEndNanos();
        this.endNanos = modelEndNanos;
        this.wallNanos = modelEndNanos - startNanos;
        this.shareNanos = share.shareNanos();
        this.tokens = share.tokens();
        share.timings().ifPresent(timings -> parts.add(wallNanos, timings));
    }

    /** Another step, for which there is no room as a note of its own. */
    void stretchOver(StepShare share) {
        long nanos = share.modelEndNanos() - share.startNanos();
        modelEndNanos = share.modelEndNanos();
        endNanos = modelEndNanos;
        wallNanos += nanos;
        shareNanos += share.shareNanos();
        tokens += share.tokens();
        steps++;
        share.timings().ifPresent(timings -> parts.add(nanos, timings));
    }

    void sampled(long startedNanos, long endedNanos) {
        if (sampledCount == 0) {
            samplingStartNanos = startedNanos;
        }
        sampledCount++;
        samplingNanos += endedNanos - startedNanos;
        endNanos = endedNanos;
    }

    void constrained(long nanos, boolean forced) {
        constraintNanos += nanos;
        forcedCount += forced ? 1 : 0;
    }
}
