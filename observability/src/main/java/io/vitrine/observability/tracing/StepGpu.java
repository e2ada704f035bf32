package io.vitrine.observability.tracing;

import java.util.OptionalDouble;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributesBuilder;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.observability.ModelGpu;
import io.vitrine.observability.catalogue.SpanAttributes;
import org.jspecify.annotations.Nullable;

/** Says of a step's span how the GPU was that it ran on. Pure. */
final class StepGpu {

    private StepGpu() {}

    /**
     * Nothing for a model on the processor; the GPU's name alone if it was not read, or too long ago to say something of this step.
     *
     * @param snapshot the latest when the step was computed
     * @param endNanos when that was, on the clock of both
     */
    static void describe(
            AttributesBuilder attributes, @Nullable ModelGpu gpu, @Nullable GpuSnapshot snapshot, long endNanos) {
        if (gpu == null) {
            return;
        }
        attributes.put(SpanAttributes.GPU_ID, gpu.id());
        if (snapshot == null) {
            return;
        }
        // A reading may be a little younger than the step's end: it was taken while the step was being told.
        long age = Math.max(0, endNanos - snapshot.takenAtNanos());
        if (age <= gpu.freshFor().toNanos()) {
            snapshot.find(gpu.card())
                    .filter(GpuReading::answering)
                    .ifPresent(reading -> describe(attributes, reading, age));
        }
    }

    private static void describe(AttributesBuilder attributes, GpuReading reading, long ageNanos) {
        attributes.put(SpanAttributes.GPU_READING_AGE, ageNanos);
        attributes.put(SpanAttributes.HARDWARE_ID, reading.identity().uuid());
        put(attributes, SpanAttributes.GPU_UTILIZATION, reading.value(GpuMetric.UTILIZATION_RATIO));
        put(attributes, SpanAttributes.GPU_MEMORY_UTILIZATION, reading.value(GpuMetric.MEMORY_OCCUPIED_RATIO));
        reading.value(GpuMetric.MEMORY_OCCUPIED_BYTES)
                .ifPresent(bytes -> attributes.put(SpanAttributes.GPU_MEMORY_USAGE, (long) bytes));
        attributes.put(SpanAttributes.GPU_THROTTLED, reading.throttled());
        if (reading.throttled()) {
            attributes.put(SpanAttributes.GPU_THROTTLE_REASONS, String.join(",", reading.throttleReasons()));
        }
    }

    private static void put(AttributesBuilder attributes, AttributeKey<Double> key, OptionalDouble value) {
        value.ifPresent(number -> attributes.put(key, number));
    }
}
