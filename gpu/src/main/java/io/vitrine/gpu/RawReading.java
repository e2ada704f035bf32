package io.vitrine.gpu;

import java.util.List;
import java.util.Map;

import io.vitrine.gpu.nvml.NvmlReturn;

/**
 * What one poll got out of one GPU, before anything is judged.
 *
 * @param answer the worst code that speaks of the whole GPU; {@link NvmlReturn#SUCCESS} when it answered
 * @param missing whether the driver no longer lists it
 * @param reopened whether the library was initialised anew since the last reading
 */
record RawReading(
        GpuIdentity identity,
        NvmlReturn answer,
        boolean missing,
        boolean reopened,
        Map<GpuMetric, Double> values,
        Map<GpuMetric, String> absences,
        long throttleBits,
        List<GpuProcess> processes,
        List<MigInstance> migInstances,
        double seconds) {

    static RawReading silent(
            GpuIdentity identity, NvmlReturn answer, boolean missing, boolean reopened, double seconds) {
        return new RawReading(
                identity, answer, missing, reopened, Map.of(), Map.of(), 0, List.of(), List.of(), seconds);
    }
}
