package io.vitrine.store.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * One number read from one GPU.
 *
 * @param value finite, in the metric's unit
 */
public record GpuRow(long atEpochNanos, String gpuId, String metric, double value) implements TelemetryRow {

    public GpuRow {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("value of " + metric + " must be finite: " + value);
        }
    }

    @Override
    public Signal signal() {
        return Signal.GPU;
    }

    @Override
    public @Nullable Object[] values() {
        return new @Nullable Object[] {atEpochNanos, gpuId, metric, value};
    }
}
