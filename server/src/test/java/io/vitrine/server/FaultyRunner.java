package io.vitrine.server;

import java.util.concurrent.CountDownLatch;

import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepResult;
import org.jspecify.annotations.Nullable;

/** A runner whose steps are slow, hang or fail on command. Commands come from any thread. */
final class FaultyRunner implements ModelRunner {

    private final ModelRunner runner;
    private volatile long stepMillis;
    private volatile int failures;
    private volatile int failingInterval;
    private int prefills;
    private volatile @Nullable CountDownLatch wedge;

    /** @param stepMillis how long each step takes at least */
    FaultyRunner(ModelRunner runner, long stepMillis) {
        this.runner = runner;
        this.stepMillis = stepMillis;
    }

    void slow(long millis) {
        stepMillis = millis;
    }

    /** The next steps fail. */
    void fail(int count) {
        failures = count;
    }

    /** Each step with a prompt fails whose number is a multiple; 0 for none. */
    void failEvery(int interval) {
        failingInterval = interval;
    }

    /** The next step hangs until {@link #heal}, as native code does: it cannot be interrupted. */
    void wedge() {
        wedge = new CountDownLatch(1);
    }

    void heal() {
        CountDownLatch hanging = wedge;
        wedge = null;
        if (hanging != null) {
            hanging.countDown();
        }
    }

    @Override
    public StepResult run(StepPlan plan, boolean timed) {
        hang();
        pause(stepMillis);
        if (fails(plan)) {
            throw new ModelRunnerException("a step fails on command", null);
        }
        return runner.run(plan, timed);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread counts down
    private boolean fails(StepPlan plan) {
        if (failures > 0) {
            failures--;
            return true;
        }
        return plan.spans().stream().anyMatch(span -> span.phase() == Phase.PREFILL)
                && failingInterval > 0
                && ++prefills % failingInterval == 0;
    }

    private void hang() {
        CountDownLatch hanging = wedge;
        while (hanging != null) {
            try {
                hanging.await();
                return;
            } catch (InterruptedException e) {
                // Goes on, as native code does.
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int vocabularySize() {
        return runner.vocabularySize();
    }

    @Override
    public int layerCount() {
        return runner.layerCount();
    }

    @Override
    public int contextLength() {
        return runner.contextLength();
    }

    @Override
    public int pagePositions() {
        return runner.pagePositions();
    }

    @Override
    public int pageCount() {
        return runner.pageCount();
    }

    @Override
    public long pageBytes() {
        return runner.pageBytes();
    }

    @Override
    public void copyPage(int source, int target, int positions) {
        runner.copyPage(source, target, positions);
    }

    @Override
    public void close() {
        runner.close();
    }
}
