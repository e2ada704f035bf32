package io.vitrine.gpu;

import java.util.Map;

import io.vitrine.gpu.nvml.GpmSampler;
import io.vitrine.gpu.nvml.NvmlDevice;
import io.vitrine.gpu.nvml.NvmlResult;
import io.vitrine.gpu.nvml.NvmlReturn;
import org.jspecify.annotations.Nullable;

/** The profiling metrics of one GPU, where it has them: each covers the time since the reading before. Poller thread only. */
final class ProfilingReader {

    /** A sample older than this has nothing to do with the load of now. */
    private static final double GAP_SECONDS = 600;

    private static final int[] IDS = MetricSources.PROFILING.stream()
            .mapToInt(MetricSources.Profiling::id)
            .toArray();

    private final NvmlDevice device;
    private @Nullable GpmSampler sampler;
    private boolean unsupported;
    private double readBeforeSeconds;

    ProfilingReader(NvmlDevice device) {
        this.device = device;
    }

    void read(ReadingBuilder reading, double nowSeconds) {
        GpmSampler open = sampler();
        if (open == null) {
            return;
        }
        if (nowSeconds - readBeforeSeconds > GAP_SECONDS) {
            open.reseed();
        }
        readBeforeSeconds = nowSeconds;
        Map<Integer, Double> values = open.sample(IDS).optional().orElse(Map.of());
        if (stuck(values, reading)) {
            open.reseed();
            return;
        }
        for (MetricSources.Profiling source : MetricSources.PROFILING) {
            Double value = values.get(source.id());
            if (value != null) {
                reading.put(source.metric(), value * source.scale());
            }
        }
    }

    /** Seen after a page fault: the sampler stood at 0 while the GPU worked on. */
    private static boolean stuck(Map<Integer, Double> values, ReadingBuilder reading) {
        return !values.isEmpty()
                && values.values().stream().allMatch(value -> value == 0)
                && reading.value(GpuMetric.UTILIZATION_RATIO).orElse(0) == 1;
    }

    private @Nullable GpmSampler sampler() {
        if (sampler == null && !unsupported) {
            NvmlResult<GpmSampler> opened = device.gpmSampler();
            sampler = opened.value();
            unsupported = opened.returned() == NvmlReturn.NOT_SUPPORTED
                    || opened.returned() == NvmlReturn.NO_PERMISSION
                    || opened.returned().asksForOlder();
        }
        return sampler;
    }

    /** Gives native buffers back, while the library is still initialised. */
    void close() {
        if (sampler != null) {
            sampler.free();
            sampler = null;
        }
    }
}
