package io.vitrine.gpu;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Everything that is known of one GPU at one moment.
 *
 * @param identity who it is
 * @param life how often it was seen to begin anew, from 1: a reset, or a driver that was reloaded; counters start over with it
 * @param answering whether it answered this poll; when not, there are no values, and health says why
 * @param values what it has, in the unit its {@link GpuMetric} names
 * @param absences why a value that was asked for is missing, in words
 * @param throttleBits NVML's bits of why the clocks are held; 0 for none, or unknown
 * @param processes who uses it
 * @param migInstances its parts, with MIG on
 * @param xids how often each XID came since the probe began
 * @param trends what the last minutes add up to
 * @param health how it is, with every reason
 */
public record GpuReading(
        GpuIdentity identity,
        int life,
        boolean answering,
        Map<GpuMetric, Double> values,
        Map<GpuMetric, String> absences,
        long throttleBits,
        List<GpuProcess> processes,
        List<MigInstance> migInstances,
        List<XidTally> xids,
        GpuTrends trends,
        GpuHealth health) {

    /** Copies the collections. */
    public GpuReading {
        values = Map.copyOf(values);
        absences = Map.copyOf(absences);
        processes = List.copyOf(processes);
        migInstances = List.copyOf(migInstances);
        xids = List.copyOf(xids);
    }

    /** A value, if this GPU has it. */
    public OptionalDouble value(GpuMetric metric) {
        Double value = values.get(metric);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Why a value is missing. */
    public Optional<String> whyAbsent(GpuMetric metric) {
        return Optional.ofNullable(absences.get(metric));
    }

    /** Why the clocks are held, as labels. */
    public List<String> throttleReasons() {
        return ThrottleReason.labels(throttleBits);
    }

    /** Whether heat, the power supply or the hardware holds the clocks; the power cap alone is normal at full load. */
    public boolean throttled() {
        return ThrottleReason.SW_THERMAL.in(throttleBits)
                || ThrottleReason.HW_THERMAL.in(throttleBits)
                || ThrottleReason.HW_POWER_BRAKE.in(throttleBits)
                || ThrottleReason.HW_SLOWDOWN.in(throttleBits);
    }

    GpuReading withHealth(GpuHealth other) {
        return new GpuReading(
                identity,
                life,
                answering,
                values,
                absences,
                throttleBits,
                processes,
                migInstances,
                xids,
                trends,
                other);
    }
}
