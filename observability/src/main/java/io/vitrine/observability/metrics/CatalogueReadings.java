package io.vitrine.observability.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vitrine.observability.MeterReading;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.Meters;

/**
 * The catalogue's meters as single numbers, to be kept: counters and gauges as they are, of histograms count and sum. Their buckets are
 * left out: they are most of the series, and how long stages took is kept with the spans.
 */
final class CatalogueReadings {

    private static final Map<String, MeterDefinition> BY_NAME =
            Meters.all().stream().collect(Collectors.toMap(MeterDefinition::name, Function.identity()));

    private CatalogueReadings() {}

    static List<MeterReading> of(MeterRegistry registry) {
        List<MeterReading> readings = new ArrayList<>();
        for (Meter meter : registry.getMeters()) {
            MeterDefinition definition = BY_NAME.get(meter.getId().getName());
            if (definition != null) {
                add(meter, definition.prometheusName(), readings);
            }
        }
        return readings;
    }

    private static void add(Meter meter, String name, List<MeterReading> readings) {
        SortedMap<String, String> labels = labels(meter);
        for (Measurement measurement : meter.measure()) {
            String suffix =
                    switch (measurement.getStatistic()) {
                        case VALUE -> "";
                        case COUNT -> isHistogram(meter) ? "_count" : "";
                        case TOTAL, TOTAL_TIME -> "_sum";
                        case MAX, UNKNOWN, ACTIVE_TASKS, DURATION -> null;
                    };
            double value = measurement.getValue();
            if (suffix != null && Double.isFinite(value)) {
                readings.add(new MeterReading(name + suffix, labels, value));
            }
        }
    }

    private static boolean isHistogram(Meter meter) {
        return switch (meter.getId().getType()) {
            case TIMER, DISTRIBUTION_SUMMARY -> true;
            case COUNTER, GAUGE, LONG_TASK_TIMER, OTHER -> false;
        };
    }

    private static SortedMap<String, String> labels(Meter meter) {
        SortedMap<String, String> labels = new TreeMap<>();
        meter.getId().getTags().stream()
                .filter(tag -> !tag.getValue().isEmpty())
                .forEach(tag -> labels.put(tag.getKey().replace('.', '_'), tag.getValue()));
        return Collections.unmodifiableSortedMap(labels);
    }
}
