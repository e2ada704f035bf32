package io.vitrine.observability;

import java.util.List;
import java.util.function.Supplier;

import io.vitrine.gpu.GpuListener;
import io.vitrine.model.engine.EngineListener;

/** An archive that is given nothing while the store is switched off. What it has stays, and can be asked for. */
final class SwitchedArchive implements Archive {

    private final Archive archive;
    private final TelemetrySwitches switches;

    SwitchedArchive(Archive archive, TelemetrySwitches switches) {
        this.archive = archive;
        this.switches = switches;
    }

    @Override
    public boolean isOn() {
        return switches.isOn(TelemetryPart.STORE);
    }

    @Override
    public void attach(LifecycleListener events, Supplier<List<MeterReading>> meters) {
        archive.attach(events, () -> isOn() ? meters.get() : List.of());
    }

    @Override
    public void keep(List<KeptSpan> spans) {
        if (isOn()) {
            archive.keep(spans);
        }
    }

    @Override
    public void keep(LoggedEvent event) {
        if (isOn()) {
            archive.keep(event);
        }
    }

    @Override
    public boolean isErased(String tenantId, long beganEpochNanos) {
        return archive.isErased(tenantId, beganEpochNanos);
    }

    /** Not gated: {@link Telemetry} gates all listeners of an engine in one place. */
    @Override
    public EngineListener engineListener(String modelName, long kvPageBytes) {
        return archive.engineListener(modelName, kvPageBytes);
    }

    @Override
    public GpuListener gpuListener() {
        return archive.gpuListener();
    }

    @Override
    public ArchiveStats stats() {
        return archive.stats();
    }
}
