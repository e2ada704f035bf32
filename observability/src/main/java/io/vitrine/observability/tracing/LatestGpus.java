package io.vitrine.observability.tracing;

import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuSnapshot;
import org.jspecify.annotations.Nullable;

/** The latest reading of all GPUs, for the spans of the steps that ran then. Written on the probe's threads, read on any: one field. */
final class LatestGpus implements GpuListener {

    private volatile @Nullable GpuSnapshot latest;

    /** Null while there is none: before the first, and while the driver does not answer. */
    @Nullable
    GpuSnapshot latestOrNull() {
        return latest;
    }

    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        latest = snapshot;
    }

    @Override
    public void collectorUnresponsive(CollectorStatus status) {
        latest = null;
    }
}
