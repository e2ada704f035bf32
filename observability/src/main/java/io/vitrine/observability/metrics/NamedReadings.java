package io.vitrine.observability.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.vitrine.observability.MeterReading;

/**
 * Series with the names, labels and values that a scrape shows, without the text: for rules, which are written for a
 * scrape.
 */
final class NamedReadings {

    private static final Pattern SUFFIX = Pattern.compile("_(total|bucket|count|sum|info)$");
    private static final String BOUND = "le";

    private NamedReadings() {}

    /** @param names of the metrics that are wanted, as rules have them */
    static List<MeterReading> of(PrometheusRegistry registry, Set<String> names) {
        Set<String> families = names.stream()
                .map(name -> SUFFIX.matcher(name).replaceFirst(""))
                .collect(Collectors.toSet());
        families.addAll(names);
        List<MeterReading> readings = new ArrayList<>();
        for (MetricSnapshot family : registry.scrape(families::contains)) {
            String name = family.getMetadata().getPrometheusName();
            family.getDataPoints().forEach(point -> add(name, point, names, readings));
        }
        return readings;
    }

    private static void add(String family, DataPointSnapshot point, Set<String> names, List<MeterReading> readings) {
        SortedMap<String, String> labels = labels(point.getLabels());
        if (point instanceof CounterDataPointSnapshot counter) {
            add(family + "_total", labels, counter.getValue(), names, readings);
        } else if (point instanceof GaugeDataPointSnapshot gauge) {
            add(family, labels, gauge.getValue(), names, readings);
        } else if (point instanceof InfoDataPointSnapshot) {
            add(family + "_info", labels, 1, names, readings);
        } else if (point instanceof HistogramDataPointSnapshot histogram) {
            add(family + "_count", labels, (double) histogram.getCount(), names, readings);
            add(family + "_sum", labels, histogram.getSum(), names, readings);
            if (names.contains(family + "_bucket")) {
                addBuckets(family + "_bucket", labels, histogram.getClassicBuckets(), readings);
            }
        }
    }

    private static void addBuckets(
            String name,
            SortedMap<String, String> labels,
            ClassicHistogramBuckets buckets,
            List<MeterReading> readings) {
        long count = 0;
        for (int index = 0; index < buckets.size(); index++) {
            count += buckets.getCount(index);
            SortedMap<String, String> bounded = new TreeMap<>(labels);
            double bound = buckets.getUpperBound(index);
            bounded.put(BOUND, Double.isInfinite(bound) ? "+Inf" : Double.toString(bound));
            readings.add(new MeterReading(name, Collections.unmodifiableSortedMap(bounded), count));
        }
    }

    private static void add(
            String name,
            SortedMap<String, String> labels,
            double value,
            Set<String> names,
            List<MeterReading> readings) {
        if (names.contains(name) && Double.isFinite(value)) {
            readings.add(new MeterReading(name, labels, value));
        }
    }

    private static SortedMap<String, String> labels(Labels of) {
        SortedMap<String, String> labels = new TreeMap<>();
        for (int index = 0; index < of.size(); index++) {
            if (!of.getValue(index).isEmpty()) {
                labels.put(of.getPrometheusName(index), of.getValue(index));
            }
        }
        return Collections.unmodifiableSortedMap(labels);
    }
}
