package io.vitrine.gpu;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * A part of a GPU that is a device of its own. Power, temperature and clocks exist for the whole board only, and stand at the parent.
 *
 * @param uuid its own; {@code hw.parent} is the GPU's
 * @param gpuInstance number of the GPU instance
 * @param computeInstance number of the compute instance in it
 * @param multiprocessors how many it has; 0 when the driver does not tell
 * @param values what is known of it alone
 */
public record MigInstance(
        String uuid, int gpuInstance, int computeInstance, int multiprocessors, Map<GpuMetric, Double> values) {

    /** Copies the map. */
    public MigInstance {
        values = Map.copyOf(values);
    }

    /** A value, if this part has it. */
    public OptionalDouble value(GpuMetric metric) {
        Double value = values.get(metric);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
