package io.vitrine.observability.metrics;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.vitrine.observability.TraceIds;
import io.vitrine.observability.catalogue.Label;
import io.vitrine.observability.catalogue.MeterDefinition;

/**
 * Exemplars of values that were recorded before it was known whether their trace is kept: a sequence's waits and gaps are
 * counted as it runs, the trace's fate is decided when the request ends. They are kept here, the latest of each bucket, and
 * added to the snapshot of a scrape. Any thread.
 */
final class LateExemplars {

    private final Map<String, Map<Labels, InBuckets>> byFamily = new ConcurrentHashMap<>();

    private final Clock clock;

    /** @param clock says when a value was noted */
    LateExemplars(Clock clock) {
        this.clock = clock;
    }

    /**
     * Names the trace of a value that the meter has.
     *
     * @param meter a histogram
     * @param value in the meter's unit
     * @param trace a kept one
     * @param values of the meter's labels
     */
    void add(MeterDefinition meter, double value, TraceIds trace, String... values) {
        byFamily.computeIfAbsent(meter.prometheusName(), family -> new ConcurrentHashMap<>())
                .computeIfAbsent(labels(meter, values), labels -> new InBuckets(meter.buckets()))
                .add(value, exemplar(value, trace));
    }

    private Exemplar exemplar(double value, TraceIds trace) {
        return Exemplar.builder()
                .value(value)
                .traceId(trace.traceId())
                .spanId(trace.spanId())
                .timestampMillis(clock.millis())
                .build();
    }

    private static Labels labels(MeterDefinition meter, String... values) {
        String[] names = meter.labels().stream().map(Label::prometheusName).toArray(String[]::new);
        return Labels.of(names, values);
    }

    /** The same snapshots with these exemplars. */
    MetricSnapshots in(MetricSnapshots snapshots) {
        if (byFamily.isEmpty()) {
            return snapshots;
        }
        return new MetricSnapshots(snapshots.stream().map(this::in).toList());
    }

    private MetricSnapshot in(MetricSnapshot snapshot) {
        Map<Labels, InBuckets> ofFamily = byFamily.get(snapshot.getMetadata().getPrometheusName());
        if (ofFamily == null || !(snapshot instanceof HistogramSnapshot histogram)) {
            return snapshot;
        }
        return new HistogramSnapshot(
                histogram.getMetadata(),
                histogram.getDataPoints().stream()
                        .map(point -> in(point, ofFamily))
                        .toList());
    }

    private static HistogramDataPointSnapshot in(HistogramDataPointSnapshot point, Map<Labels, InBuckets> ofFamily) {
        InBuckets exemplars = ofFamily.get(point.getLabels());
        if (exemplars == null) {
            return point;
        }
        return new HistogramDataPointSnapshot(
                point.getClassicBuckets(),
                point.getSum(),
                point.getLabels(),
                exemplars.all(),
                point.getCreatedTimestampMillis());
    }

    /** The latest of each bucket. */
    private static final class InBuckets {

        private final List<Double> bounds;
        private final AtomicReferenceArray<Exemplar> latest;

        InBuckets(List<Double> bounds) {
            this.bounds = bounds;
            this.latest = new AtomicReferenceArray<>(bounds.size() + 1);
        }

        void add(double value, Exemplar exemplar) {
            int found = Collections.binarySearch(bounds, value);
            latest.set(found >= 0 ? found : -found - 1, exemplar);
        }

        Exemplars all() {
            List<Exemplar> all = new ArrayList<>();
            for (int i = 0; i < latest.length(); i++) {
                Exemplar exemplar = latest.get(i);
                if (exemplar != null) {
                    all.add(exemplar);
                }
            }
            return Exemplars.of(all);
        }
    }
}
