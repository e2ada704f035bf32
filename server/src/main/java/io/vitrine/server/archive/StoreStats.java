package io.vitrine.server.archive;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

import io.vitrine.observability.ArchiveStats;
import io.vitrine.observability.catalogue.ArchiveTier;
import io.vitrine.observability.catalogue.ArchivedSignal;
import io.vitrine.observability.catalogue.RowFate;
import io.vitrine.store.telemetry.Signal;
import io.vitrine.store.telemetry.SignalCounts;
import io.vitrine.store.telemetry.StoredFile;
import io.vitrine.store.telemetry.TelemetryStore;
import io.vitrine.store.telemetry.Tier;

/** The store's counts in the catalogue's words. Any thread. */
final class StoreStats implements ArchiveStats {

    private static final double MILLIS_PER_SECOND = 1e3;

    private final TelemetryStore store;
    private final StepTaker steps;
    private volatile Map<ArchiveTier, Long> bytes = Map.of();

    StoreStats(TelemetryStore store, StepTaker steps) {
        this.store = store;
        this.steps = steps;
    }

    /** Looks at the files anew. */
    void measure() {
        Map<ArchiveTier, Long> sums = new EnumMap<>(ArchiveTier.class);
        for (StoredFile file : store.contents()) {
            sums.merge(tier(file.tier()), file.bytes(), Long::sum);
        }
        bytes = Map.copyOf(sums);
    }

    @Override
    public long rows(ArchivedSignal signal, RowFate fate) {
        SignalCounts counts = store.counts(signal(signal));
        return switch (fate) {
            case WRITTEN -> counts.written();
            case DROPPED -> counts.dropped() + (signal == ArchivedSignal.STEPS ? steps.dropped() : 0);
            case LOST -> counts.lost();
        };
    }

    @Override
    public int waitingRows() {
        return store.waitingRows();
    }

    @Override
    public Optional<String> failure() {
        return store.failure().map(failure -> String.valueOf(failure.getMessage()));
    }

    @Override
    public double lagSeconds() {
        return store.lag().toMillis() / MILLIS_PER_SECOND;
    }

    @Override
    public long bytes(ArchiveTier tier) {
        return bytes.getOrDefault(tier, 0L);
    }

    @Override
    public long filesSetAside() {
        return store.setAsideFiles();
    }

    @Override
    public long deletedFiles() {
        return store.cleanupCounts().files();
    }

    @Override
    public long deletedBytes() {
        return store.cleanupCounts().bytes();
    }

    @Override
    public long deletedRows() {
        return store.cleanupCounts().rows();
    }

    private static Signal signal(ArchivedSignal signal) {
        return switch (signal) {
            case SPANS -> Signal.SPANS;
            case LOGS -> Signal.LOGS;
            case STEPS -> Signal.STEPS;
            case SAMPLES -> Signal.SAMPLES;
            case GPU -> Signal.GPU;
        };
    }

    private static ArchiveTier tier(Tier tier) {
        return switch (tier) {
            case HOT -> ArchiveTier.HOT;
            case WARM -> ArchiveTier.WARM;
            case COLD -> ArchiveTier.COLD;
        };
    }
}
