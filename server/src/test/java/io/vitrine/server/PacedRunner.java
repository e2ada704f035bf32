package io.vitrine.server;

import java.util.concurrent.locks.LockSupport;

import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.ScriptedRunner;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepResult;

/** The scripted model at the pace of a real one: each step and each token of a prompt takes its time. */
public final class PacedRunner implements ModelRunner {

    private final ScriptedRunner model;
    private final long stepNanos;
    private final long promptTokenNanos;

    public PacedRunner(ScriptedRunner model, long stepNanos, long promptTokenNanos) {
        this.model = model;
        this.stepNanos = stepNanos;
        this.promptTokenNanos = promptTokenNanos;
    }

    @Override
    public StepResult run(StepPlan plan, boolean timed) {
        long end = System.nanoTime()
                + stepNanos
                + promptTokenNanos
                        * plan.spans().stream()
                                .filter(span -> span.phase() == Phase.PREFILL)
                                .mapToLong(span -> span.tokens().length)
                                .sum();
        StepResult result = model.run(plan, timed);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        return result;
    }

    @Override
    public int vocabularySize() {
        return model.vocabularySize();
    }

    @Override
    public int layerCount() {
        return model.layerCount();
    }

    @Override
    public int contextLength() {
        return model.contextLength();
    }

    @Override
    public int pagePositions() {
        return model.pagePositions();
    }

    @Override
    public int pageCount() {
        return model.pageCount();
    }

    @Override
    public long pageBytes() {
        return model.pageBytes();
    }

    @Override
    public void copyPage(int source, int target, int positions) {
        model.copyPage(source, target, positions);
    }

    @Override
    public void close() {
        model.close();
    }
}
