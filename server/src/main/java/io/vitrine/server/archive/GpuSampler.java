package io.vitrine.server.archive;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.store.telemetry.GpuRow;
import io.vitrine.store.telemetry.TelemetryStore;

/** Makes rows of the latest reading of the GPUs; the probe's thread only leaves it here. */
final class GpuSampler implements GpuListener {

    /** 1 while the card can be used, else 0. */
    static final String USABLE = "usable";
    /** 1 while heat, the power supply or the hardware holds the clocks, else 0. */
    static final String THROTTLED = "throttled";

    private final TelemetryStore store;
    private final AtomicReference<GpuSnapshot> latest = new AtomicReference<>();

    GpuSampler(TelemetryStore store) {
        this.store = store;
    }

    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        latest.set(snapshot);
    }

    /** Each reading once. */
    void sample() {
        GpuSnapshot snapshot = latest.getAndSet(null);
        if (snapshot != null) {
            long at = TimeOfDay.epochNanos(snapshot.takenAt());
            snapshot.gpus().forEach(gpu -> record(at, gpu));
        }
    }

    private void record(long at, GpuReading gpu) {
        String id = gpu.identity().uuid();
        gpu.values().forEach((metric, value) -> {
            if (Double.isFinite(value)) {
                store.record(new GpuRow(at, id, metric.name().toLowerCase(Locale.ROOT), value));
            }
        });
        store.record(new GpuRow(at, id, USABLE, gpu.health().state().usable() ? 1 : 0));
        store.record(new GpuRow(at, id, THROTTLED, gpu.throttled() ? 1 : 0));
    }
}
