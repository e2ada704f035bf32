package io.vitrine.gpu;

import java.time.Duration;
import java.util.List;

/** Several listeners in the place of one. */
record GpuListeners(List<GpuListener> listeners) implements GpuListener {

    GpuListeners {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        listeners.forEach(listener -> listener.snapshotTaken(snapshot));
    }

    @Override
    public void eventArrived(GpuEvent event) {
        listeners.forEach(listener -> listener.eventArrived(event));
    }

    @Override
    public void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {
        listeners.forEach(listener -> listener.healthChanged(gpu, before, after));
    }

    @Override
    public void collectorUnresponsive(CollectorStatus status) {
        listeners.forEach(listener -> listener.collectorUnresponsive(status));
    }

    @Override
    public void collectorBack(Duration silence) {
        listeners.forEach(listener -> listener.collectorBack(silence));
    }
}
