package io.vitrine.observability.metrics;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Meter;
import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.HealthState;
import io.vitrine.gpu.XidTally;
import io.vitrine.observability.catalogue.GpuMeters;
import io.vitrine.observability.catalogue.MeterDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Series of each GPU, from the latest reading. A series is there for as long as the GPU has the value: of a card that is lost its state
 * is left and nothing else, and a machine without driver has none of them. On the probe's threads, one call at a time; read at the scrape.
 */
final class GpuMetrics implements GpuListener {

    private final Instruments instruments;
    private final Map<Key, Series> series = new ConcurrentHashMap<>();

    /** A meter with its labels' values. */
    private record Key(MeterDefinition meter, List<String> labels) {}

    /** What a series shows; held here, as the registry does not. */
    private static final class Series {

        private volatile double value;

        private volatile @Nullable Meter meter;
    }

    GpuMetrics(Instruments instruments) {
        this.instruments = instruments;
    }

    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        Set<Key> shown = new HashSet<>();
        if (hasDriver(snapshot.status().state())) {
            show(shown, GpuMeters.RESPONSIVE, 1);
            show(shown, GpuMeters.POLL_TIME, snapshot.pollSeconds());
            show(shown, GpuMeters.INVALID_SAMPLES, (double) snapshot.invalidSamples());
        }
        snapshot.gpus().forEach(gpu -> show(shown, gpu));
        forgetAllBut(shown);
    }

    private void show(Set<Key> shown, GpuReading gpu) {
        showState(shown, gpu.identity(), gpu.health().state());
        gpu.values()
                .forEach((metric, value) ->
                        show(shown, GpuMeters.of(metric), value, labels(gpu.identity(), GpuMeters.part(metric))));
        for (XidTally tally : gpu.xids()) {
            String code = Integer.toString(tally.xid().code());
            show(shown, GpuMeters.XIDS, (double) tally.count(), labels(gpu.identity(), code));
        }
    }

    private void showState(Set<Key> shown, GpuIdentity gpu, HealthState current) {
        for (HealthState state : HealthState.values()) {
            String label = state.name().toLowerCase(Locale.ROOT);
            show(shown, GpuMeters.STATUS, state == current ? 1 : 0, labels(gpu, label));
        }
    }

    /** Between readings too: while the driver does not answer there are none. */
    @Override
    public void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {
        showState(new HashSet<>(), gpu, after.state());
    }

    @Override
    public void collectorUnresponsive(CollectorStatus status) {
        show(new HashSet<>(), GpuMeters.RESPONSIVE, 0);
    }

    @Override
    public void collectorBack(Duration silence) {
        show(new HashSet<>(), GpuMeters.RESPONSIVE, 1);
    }

    private static boolean hasDriver(CollectorState state) {
        return switch (state) {
            case RUNNING, NO_GPUS -> true;
            case STARTING, NO_LIBRARY, DRIVER_NOT_LOADED, VERSION_MISMATCH, UNAVAILABLE, UNRESPONSIVE, STOPPED -> false;
        };
    }

    private static String[] labels(GpuIdentity gpu, String last) {
        return new String[] {gpu.uuid(), Integer.toString(gpu.index()), gpu.name(), last};
    }

    private void show(Set<Key> shown, MeterDefinition meter, double value, String... labels) {
        Key key = new Key(meter, List.of(labels));
        shown.add(key);
        Series of = series.computeIfAbsent(key, unknown -> new Series());
        of.value = value;
        if (of.meter == null) {
            of.meter = instruments.reading(meter, of, one -> one.value, labels);
        }
    }

    private void forgetAllBut(Set<Key> shown) {
        series.entrySet().removeIf(entry -> {
            Meter meter = entry.getValue().meter;
            boolean gone = !shown.contains(entry.getKey());
            if (gone && meter != null) {
                instruments.remove(meter);
            }
            return gone;
        });
    }
}
