package io.vitrine.model.engine;

import java.util.concurrent.atomic.AtomicLong;

/** Keeps a listener that throws from disturbing the engine, and counts it. Spelled out: a lambda would be an object a call. */
final class GuardedEngineListener implements EngineListener {

    private final EngineListener listener;
    private final AtomicLong failures;

    GuardedEngineListener(EngineListener listener, AtomicLong failures) {
        this.listener = listener;
        this.failures = failures;
    }

    @Override
    public void stepEnded(StepReport report) {
        try {
            listener.stepEnded(report);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void requestFailed(String requestId, Throwable failure) {
        try {
            listener.requestFailed(requestId, failure);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void stepFailed(ModelRunnerException failure) {
        try {
            listener.stepFailed(failure);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void stopped(Throwable failure) {
        try {
            listener.stopped(failure);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }
}
