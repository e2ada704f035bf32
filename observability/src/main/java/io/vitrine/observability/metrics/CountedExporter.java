package io.vitrine.observability.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.vitrine.observability.otlp.Batches;
import io.vitrine.observability.otlp.CollectorLink;
import io.vitrine.observability.otlp.WireSize;

/** Splits what another exporter sends into batches that a collector takes, and counts how they end and the points that nobody took. */
final class CountedExporter implements MetricExporter {

    private static final int METRIC_BYTES = 512;

    private final MetricExporter exporter;
    private final CollectorLink link;

    CountedExporter(MetricExporter exporter, CollectorLink link) {
        this.exporter = exporter;
        this.link = link;
    }

    /** A point and the metric that it is of. */
    private record Point(MetricData metric, PointData point) {

        long bytes() {
            return METRIC_BYTES
                    + WireSize.of(point)
                    + 3L * (metric.getName().length() + metric.getDescription().length());
        }
    }

    @Override
    public CompletableResultCode export(Collection<MetricData> metrics) {
        List<Point> points = new ArrayList<>();
        metrics.forEach(metric -> metric.getData().getPoints().forEach(point -> points.add(new Point(metric, point))));
        Batches<Point> parts = Batches.of(points, Point::bytes);
        List<CompletableResultCode> results = new ArrayList<>();
        parts.batches().forEach(part -> results.add(exportPart(part)));
        return CompletableResultCode.ofAll(results);
    }

    private CompletableResultCode exportPart(List<Point> part) {
        Map<MetricData, List<PointData>> byMetric = new LinkedHashMap<>();
        part.forEach(point -> byMetric.computeIfAbsent(point.metric(), metric -> new ArrayList<>())
                .add(point.point()));
        List<MetricData> metrics = new ArrayList<>();
        byMetric.forEach((metric, points) -> metrics.add(MetricPart.of(metric, points)));
        CompletableResultCode ended = exporter.export(metrics);
        return ended.whenComplete(() -> link.ended(ended.isSuccess(), part.size()));
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
