package io.vitrine.observability;

import java.time.Duration;
import java.util.function.BooleanSupplier;

import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.GpuEvent;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuSnapshot;

/** Passes news of GPUs on while {@code on}. */
record SwitchedGpuListener(GpuListener listener, BooleanSupplier on) implements GpuListener {

    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        if (on.getAsBoolean()) {
            listener.snapshotTaken(snapshot);
        }
    }

    @Override
    public void eventArrived(GpuEvent event) {
        if (on.getAsBoolean()) {
            listener.eventArrived(event);
        }
    }

    @Override
    public void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {
        if (on.getAsBoolean()) {
            listener.healthChanged(gpu, before, after);
        }
    }

    @Override
    public void collectorUnresponsive(CollectorStatus status) {
        if (on.getAsBoolean()) {
            listener.collectorUnresponsive(status);
        }
    }

    @Override
    public void collectorBack(Duration silence) {
        if (on.getAsBoolean()) {
            listener.collectorBack(silence);
        }
    }
}
