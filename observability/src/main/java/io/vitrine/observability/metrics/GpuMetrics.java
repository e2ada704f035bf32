package io.vitrine.observability.metrics;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;

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

/**
 * Series of each GPU, from the latest reading. A series is there for as long as the GPU has the value: of a card that is lost its state
 * is left and nothing else, and a machine without driver has none of them. On the probe's threads, one call at a time; read at the scrape.
 */
final class GpuMetrics implements GpuListener {

    private final LiveSeries series;

    GpuMetrics(Instruments instruments) {
        series = new LiveSeries(instruments);
    }

    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        series.begin();
        if (hasDriver(snapshot.status().state())) {
            series.show(GpuMeters.RESPONSIVE, 1);
            series.show(GpuMeters.POLL_TIME, snapshot.pollSeconds());
            series.show(GpuMeters.INVALID_SAMPLES, (double) snapshot.invalidSamples());
        }
        snapshot.gpus().forEach(this::show);
        series.end();
    }

    private void show(GpuReading gpu) {
        showState(gpu.identity(), gpu.health().state());
        gpu.values()
                .forEach((metric, value) ->
                        series.show(GpuMeters.of(metric), value, labels(gpu.identity(), GpuMeters.part(metric))));
        for (XidTally tally : gpu.xids()) {
            String code = Integer.toString(tally.xid().code());
            series.show(GpuMeters.XIDS, (double) tally.count(), labels(gpu.identity(), code));
        }
    }

    private void showState(GpuIdentity gpu, HealthState current) {
        for (HealthState state : HealthState.values()) {
            String label = state.name().toLowerCase(Locale.ROOT);
            series.show(GpuMeters.STATUS, state == current ? 1 : 0, labels(gpu, label));
        }
    }

    /** Between readings too: while the driver does not answer there are none. */
    @Override
    public void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {
        showState(gpu, after.state());
    }

    @Override
    public void collectorUnresponsive(CollectorStatus status) {
        // What was read before says nothing of now.
        series.keepOnly(Set.of(GpuMeters.STATUS));
        series.show(GpuMeters.RESPONSIVE, 0);
    }

    @Override
    public void collectorBack(Duration silence) {
        series.show(GpuMeters.RESPONSIVE, 1);
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
}
