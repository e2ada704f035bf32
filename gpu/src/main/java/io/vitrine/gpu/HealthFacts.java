package io.vitrine.gpu;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

import io.vitrine.gpu.nvml.NvmlReturn;
import org.jspecify.annotations.Nullable;

/**
 * What the health rules judge by.
 *
 * @param answer the worst code of the last poll
 * @param strangeAnswers polls in a row that ended in a driver error without meaning
 * @param missing whether the driver no longer lists the GPU
 * @param values of the last poll
 * @param trends of the last minutes
 * @param xids that count now
 * @param baseline values when this life of the GPU began
 * @param eventsSilent whether the driver's events no longer reach us
 * @param stallOrNull the call that does not return, or how long no poll ended
 */
record HealthFacts(
        NvmlReturn answer,
        int strangeAnswers,
        boolean missing,
        Map<GpuMetric, Double> values,
        GpuTrends trends,
        List<XidMemory.Held> xids,
        Map<GpuMetric, Double> baseline,
        boolean eventsSilent,
        @Nullable String stallOrNull) {

    OptionalDouble value(GpuMetric metric) {
        return optional(values.get(metric));
    }

    OptionalDouble atStart(GpuMetric metric) {
        return optional(baseline.get(metric));
    }

    boolean isSet(GpuMetric flag) {
        return value(flag).orElse(0) == 1;
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
