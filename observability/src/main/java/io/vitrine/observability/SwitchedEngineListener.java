package io.vitrine.observability;

import java.util.List;
import java.util.function.BooleanSupplier;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepReport;

/** Passes events on to the listeners that are on; the engine's guard counts one that throws. Engine thread. */
final class SwitchedEngineListener implements EngineListener {

    private final EngineListener[] listeners;
    private final BooleanSupplier[] on;

    /** A listener, and whether it is called. */
    record Part(EngineListener listener, BooleanSupplier on) {}

    SwitchedEngineListener(List<Part> parts) {
        listeners = parts.stream().map(Part::listener).toArray(EngineListener[]::new);
        on = parts.stream().map(Part::on).toArray(BooleanSupplier[]::new);
    }

    @Override
    public void stepEnded(StepReport report) {
        for (int index = 0; index < listeners.length; index++) {
            if (on[index].getAsBoolean()) {
                listeners[index].stepEnded(report);
            }
        }
    }

    @Override
    public void requestFailed(String requestId, Throwable cause) {
        for (int index = 0; index < listeners.length; index++) {
            if (on[index].getAsBoolean()) {
                listeners[index].requestFailed(requestId, cause);
            }
        }
    }

    @Override
    public void stepFailed(ModelRunnerException cause) {
        for (int index = 0; index < listeners.length; index++) {
            if (on[index].getAsBoolean()) {
                listeners[index].stepFailed(cause);
            }
        }
    }

    @Override
    public void stopped(Throwable cause) {
        for (int index = 0; index < listeners.length; index++) {
            if (on[index].getAsBoolean()) {
                listeners[index].stopped(cause);
            }
        }
    }
}
