package io.vitrine.observability.metrics;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepReport;

/** Tells two listeners, one after the other. */
record BothEngineListeners(EngineListener first, EngineListener second) implements EngineListener {

    @Override
    public void stepEnded(StepReport report) {
        first.stepEnded(report);
        second.stepEnded(report);
    }

    @Override
    public void requestFailed(String requestId, Throwable cause) {
        first.requestFailed(requestId, cause);
        second.requestFailed(requestId, cause);
    }

    @Override
    public void stepFailed(ModelRunnerException cause) {
        first.stepFailed(cause);
        second.stepFailed(cause);
    }

    @Override
    public void stopped(Throwable cause) {
        first.stopped(cause);
        second.stopped(cause);
    }
}
