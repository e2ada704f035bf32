package io.vitrine.gpu;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

import io.vitrine.gpu.nvml.NvmlReturn;

/** Collects one poll of one GPU: values that can be true, and why the others are not there. */
final class ReadingBuilder {

    private final Map<GpuMetric, Double> values = new EnumMap<>(GpuMetric.class);
    private final Map<GpuMetric, String> absences = new EnumMap<>(GpuMetric.class);
    private final Set<GpuMetric> kept = EnumSet.noneOf(GpuMetric.class);
    private int invalidSamples;

    /** The first source that has a metric wins. */
    void put(GpuMetric metric, double value) {
        if (values.containsKey(metric)) {
            return;
        }
        if (metric.kind().believes(value)) {
            values.put(metric, value);
            absences.remove(metric);
        } else {
            invalidSamples++;
            absences.put(metric, "sample out of range");
        }
    }

    /** The value of the poll before stands in, and will not do so again. */
    void keep(GpuMetric metric, double value) {
        put(metric, value);
        kept.add(metric);
    }

    /** The values of this poll alone. */
    Map<GpuMetric, Double> fresh() {
        Map<GpuMetric, Double> fresh = new EnumMap<>(values);
        fresh.keySet().removeAll(kept);
        return fresh;
    }

    void absent(GpuMetric metric, NvmlReturn why) {
        if (!values.containsKey(metric)) {
            absences.put(metric, why.words());
        }
    }

    boolean has(GpuMetric metric) {
        return values.containsKey(metric);
    }

    OptionalDouble value(GpuMetric metric) {
        Double value = values.get(metric);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** A value that is not one after all. */
    void remove(GpuMetric metric, String why) {
        values.remove(metric);
        absences.put(metric, why);
    }

    Map<GpuMetric, Double> values() {
        return values;
    }

    Map<GpuMetric, String> absences() {
        return absences;
    }

    int invalidSamples() {
        return invalidSamples;
    }
}
