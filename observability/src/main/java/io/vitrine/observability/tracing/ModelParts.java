package io.vitrine.observability.tracing;

import io.vitrine.model.engine.StepResult.StepTimings;

/** Where the model's time goes, summed over timed steps; what is not timed is taken to go the same way. For one thread. */
final class ModelParts {

    private int steps;
    private long wallNanos;
    private long projectionNanos;
    private long attentionNanos;
    private long feedForwardNanos;
    private long headNanos;

    /** A timed step that took {@code stepNanos}, up to the model's end. */
    void add(long stepNanos, StepTimings timings) {
        steps++;
        wallNanos += stepNanos;
        projectionNanos += timings.projectionNanos();
        attentionNanos += timings.attentionNanos();
        feedForwardNanos += timings.feedForwardNanos();
        headNanos += timings.headNanos();
    }

    void copyFrom(ModelParts other) {
        steps = other.steps;
        wallNanos = other.wallNanos;
        projectionNanos = other.projectionNanos;
        attentionNanos = other.attentionNanos;
        feedForwardNanos = other.feedForwardNanos;
        headNanos = other.headNanos;
    }

    int steps() {
        return steps;
    }

    /** Scaled to steps that took {@code nanos} in all; nothing if nothing was timed. */
    Split scaledTo(long nanos) {
        if (wallNanos <= 0) {
            return new Split(0, 0, 0, 0, nanos, false);
        }
        double scale = (double) nanos / wallNanos;
        long projection = (long) (projectionNanos * scale);
        // Each at most what is left: clocks of a device and of the machine may disagree.
        long attention = Math.min(nanos, projection + (long) (attentionNanos * scale));
        long feedForward = Math.min(nanos - attention, (long) (feedForwardNanos * scale));
        long head = Math.min(nanos - attention - feedForward, (long) (headNanos * scale));
        return new Split(
                Math.min(attention, projection),
                attention,
                feedForward,
                head,
                nanos - attention - feedForward - head,
                headNanos > 0);
    }

    /**
     * Parts of a time, in nanoseconds; all but {@code projection}, which is part of the attention, add up to it.
     *
     * @param other what no clock inside the model covers
     * @param withHead whether a head was computed: it may have been left no time, and a chunk of a prompt may have none
     */
    record Split(long projection, long attention, long feedForward, long head, long other, boolean withHead) {}
}
