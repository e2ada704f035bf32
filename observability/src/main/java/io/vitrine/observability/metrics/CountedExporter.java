package io.vitrine.observability.metrics;

import java.util.Collection;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.vitrine.observability.ExportCounts;

/** Counts how another exporter's batches end, and the points in those that nobody took. */
final class CountedExporter implements MetricExporter {

    private final MetricExporter exporter;
    private final ExportCounts counts;

    CountedExporter(MetricExporter exporter, ExportCounts counts) {
        this.exporter = exporter;
        this.counts = counts;
    }

    @Override
    public CompletableResultCode export(Collection<MetricData> metrics) {
        CompletableResultCode ended = exporter.export(metrics);
        return ended.whenComplete(() -> {
            if (ended.isSuccess()) {
                counts.succeeded();
            } else {
                counts.failed(pointCount(metrics));
            }
        });
    }

    private static long pointCount(Collection<MetricData> metrics) {
        return metrics.stream()
                .mapToLong(metric -> metric.getData().getPoints().size())
                .sum();
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
        return exporter.getAggregationTemporality(type);
    }
}
