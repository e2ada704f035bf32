package io.vitrine.observability.metrics;

import java.util.Comparator;
import java.util.Set;

import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.XidTally;
import io.vitrine.observability.catalogue.DcgmMeters;

/** The latest reading of each GPU under the names of NVIDIA's DCGM exporter. Threads as {@link GpuMetrics}. */
final class DcgmMetrics implements GpuListener {

    private final LiveSeries series;

    DcgmMetrics(Instruments instruments) {
        series = new LiveSeries(instruments);
    }

    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        series.begin();
        snapshot.gpus().forEach(this::show);
        series.end();
    }

    private void show(GpuReading gpu) {
        String[] labels = labels(gpu.identity());
        DcgmMeters.named().forEach((metric, named) -> gpu.value(metric)
                .ifPresent(value -> series.show(named.meter(), value * named.factor(), labels)));
        if (gpu.answering()) {
            series.show(DcgmMeters.LAST_XID, lastXid(gpu), labels);
        }
    }

    private static int lastXid(GpuReading gpu) {
        return gpu.xids().stream()
                .max(Comparator.comparing(XidTally::lastAt))
                .map(tally -> tally.xid().code())
                .orElse(0);
    }

    @Override
    public void collectorUnresponsive(CollectorStatus status) {
        series.keepOnly(Set.of());
    }

    private static String[] labels(GpuIdentity gpu) {
        String index = Integer.toString(gpu.index());
        return new String[] {index, gpu.uuid(), gpu.pciBusId(), "nvidia" + index, gpu.name()};
    }
}
