package io.vitrine.model.engine;

import java.util.OptionalLong;

import io.vitrine.model.engine.EngineProgress.Activity;

/**
 * Where the engine thread is: one volatile write for each part of a step. Written by the engine thread, read by any; one
 * immutable record at a time, so that a reader never sees parts of two steps.
 */
final class Heartbeat {

    private final StepTimes times = new StepTimes();
    private volatile EngineProgress latest;

    /** Idle. */
    Heartbeat(long nowNanos) {
        latest = new EngineProgress(Activity.IDLE, 0, 0, nowNanos, nowNanos, OptionalLong.empty());
    }

    /** Any thread. */
    EngineProgress latest() {
        return latest;
    }

    void idle(long nowNanos) {
        latest = latest.in(Activity.IDLE, nowNanos);
    }

    void stepStarted(long index, long nowNanos) {
        latest = new EngineProgress(Activity.PLANNING, index, 0, nowNanos, nowNanos, times.usualNanos(0));
    }

    void modelStarted(int tokens, long nowNanos) {
        EngineProgress planned = latest;
        latest = new EngineProgress(
                Activity.MODEL,
                planned.stepIndex(),
                tokens,
                planned.stepStartNanos(),
                nowNanos,
                times.usualNanos(tokens));
    }

    void modelEnded(long nowNanos) {
        latest = latest.in(Activity.DELIVERY, nowNanos);
    }

    void stepEnded(long nowNanos) {
        EngineProgress ended = latest;
        times.add(ended.stepTokens(), ended.stepNanos(nowNanos));
    }

    /** A call of the model outside of its run: copies of pages while a step is planned. */
    void duringModelCall(NanoClock clock, Runnable call) {
        EngineProgress before = latest;
        latest = before.in(Activity.MODEL, clock.nanoTime());
        call.run();
        latest = before;
    }
}
