package io.vitrine.observability;

import java.util.List;
import java.util.function.Supplier;

import io.vitrine.gpu.GpuListener;
import io.vitrine.model.engine.EngineListener;

/**
 * Keeps what telemetry tells, so that it can be asked about later. Whatever becomes of it, requests are served: what it cannot keep it
 * drops and counts, and nothing here ever throws. Closed by whoever made it, after telemetry.
 */
public interface Archive {

    /** Whether it takes anything now. Any thread. */
    default boolean isOn() {
        return true;
    }

    /** Told once, before anything else: whom to tell of its own troubles, and where to read all meters of the catalogue now. */
    void attach(LifecycleListener events, Supplier<List<MeterReading>> meters);

    /** The spans of one or more kept traces, each trace whole. On a thread of tracing's, one call at a time; may take milliseconds. */
    void keep(List<KeptSpan> spans);

    /** A line that was written. On a thread of the log's, one call at a time; may take milliseconds. */
    void keep(LoggedEvent event);

    /** Whether what a tenant's request that began at a time did has been deleted meanwhile. Any thread; costs a look at a file. */
    default boolean isErased(String tenantId, long beganEpochNanos) {
        return false;
    }

    /**
     * For the engine of a model.
     *
     * @param kvPageBytes what one page of keys and values takes
     */
    EngineListener engineListener(String modelName, long kvPageBytes);

    /** For the probe of GPUs. */
    GpuListener gpuListener();

    /** What it tells of itself. */
    ArchiveStats stats();
}
