package io.vitrine.model.engine;

import java.util.OptionalLong;

/**
 * What the engine thread does at one moment. It is read and not published, so that it can be had while the engine is
 * stuck. Times are those of the engine's clock.
 *
 * @param stepIndex of the step in progress; of the next one while there is none
 * @param stepTokens tokens that the step computes; 0 until it is planned
 * @param stepStartNanos when the step in progress began; of no meaning while idle
 * @param sinceNanos when the activity began
 * @param usualNanos what steps of as many tokens take; empty until a step has ended
 */
public record EngineProgress(
        Activity activity,
        long stepIndex,
        int stepTokens,
        long stepStartNanos,
        long sinceNanos,
        OptionalLong usualNanos) {

    /** Part of a step. */
    public enum Activity {
        /** No step is in progress: the engine sleeps until a request arrives. */
        IDLE,
        /** Cancels, admission, KV pages, the batch. */
        PLANNING,
        /** Inside the model, which is native code. */
        MODEL,
        /** Sampling, and tokens handed to their sinks and listeners. */
        DELIVERY
    }

    /** How long the step in progress has run; 0 while there is none. */
    public long stepNanos(long nowNanos) {
        return activity == Activity.IDLE ? 0 : Math.max(0, nowNanos - stepStartNanos);
    }

    EngineProgress in(Activity next, long atNanos) {
        return new EngineProgress(next, stepIndex, stepTokens, stepStartNanos, atNanos, usualNanos);
    }
}
