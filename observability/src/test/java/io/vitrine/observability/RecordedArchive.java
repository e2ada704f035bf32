package io.vitrine.observability;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.vitrine.gpu.GpuListener;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.observability.catalogue.ArchiveTier;
import io.vitrine.observability.catalogue.ArchivedSignal;
import io.vitrine.observability.catalogue.RowFate;
import org.jspecify.annotations.Nullable;

/** Remembers what it is told; seven lines were lost, whatever happens. */
public final class RecordedArchive implements Archive, ArchiveStats {

    final List<LoggedEvent> lines = new CopyOnWriteArrayList<>();
    private final Map<String, Long> erased = new ConcurrentHashMap<>();
    private @Nullable LifecycleListener events;
    private @Nullable Supplier<List<MeterReading>> meters;

    LifecycleListener events() {
        return Optional.ofNullable(events).orElseThrow();
    }

    List<MeterReading> meters() {
        return Optional.ofNullable(meters).orElseThrow().get();
    }

    @Override
    public void attach(LifecycleListener told, Supplier<List<MeterReading>> read) {
        events = told;
        meters = read;
    }

    @Override
    public void keep(List<KeptSpan> spans) {}

    @Override
    public void keep(LoggedEvent event) {
        lines.add(event);
    }

    /** Deletes a tenant: what its requests do that began before is erased. */
    public void erase(String tenantId, long atEpochNanos) {
        erased.put(tenantId, atEpochNanos);
    }

    @Override
    public boolean isErased(String tenantId, long beganEpochNanos) {
        return beganEpochNanos < erased.getOrDefault(tenantId, Long.MIN_VALUE);
    }

    @Override
    public EngineListener engineListener(String modelName, long kvPageBytes) {
        return EngineListener.NONE;
    }

    @Override
    public GpuListener gpuListener() {
        return GpuListener.NONE;
    }

    @Override
    public ArchiveStats stats() {
        return this;
    }

    @Override
    public long rows(ArchivedSignal signal, RowFate fate) {
        return signal == ArchivedSignal.LOGS && fate == RowFate.LOST ? 7 : 0;
    }

    @Override
    public Optional<String> failure() {
        return Optional.empty();
    }

    @Override
    public int waitingRows() {
        return 0;
    }

    @Override
    public double lagSeconds() {
        return 0;
    }

    @Override
    public long bytes(ArchiveTier tier) {
        return tier == ArchiveTier.COLD ? 2 : 0;
    }

    @Override
    public long filesSetAside() {
        return 0;
    }

    @Override
    public long deletedFiles() {
        return 0;
    }

    @Override
    public long deletedBytes() {
        return 0;
    }

    @Override
    public long deletedRows() {
        return 0;
    }
}
