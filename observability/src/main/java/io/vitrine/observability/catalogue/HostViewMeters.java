package io.vitrine.observability.catalogue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vitrine.gpu.host.HostMetric;

import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;

/**
 * Meters of the host where one would look for a GPU's: what a machine without GPU has to tell of load, memory, bandwidth and power. Names
 * are OpenTelemetry's for systems where there is one; none is a GPU's. What the machine does not tell has no series: power and energy
 * need a kernel that lets the user read them, and {@code hw.host.power} is not their name, since it is the whole host's.
 */
public final class HostViewMeters {

    private static final Map<HostMetric, MeterDefinition> OF_READINGS = new EnumMap<>(HostMetric.class);

    static {
        put(
                HostMetric.CPU_UTILIZATION_RATIO,
                gauge(
                        "system.cpu.utilization",
                        "ratio",
                        "Share of all processors' time that was not idle, since the last reading."));
        put(HostMetric.CPU_COUNT, gauge("vitrine.host.cpus.online", "{cpu}", "Processors that the kernel has online."));
        put(
                HostMetric.LOAD_AVERAGE,
                gauge("vitrine.host.load.average", "{task}", "Tasks that ran or waited to run, mean of a minute."));
        put(
                HostMetric.MEMORY_USED_RATIO,
                gauge(
                        "system.memory.utilization",
                        "ratio",
                        "Memory that could not be had without swapping, of all, 0 to 1."));
        put(HostMetric.SWAP_USED_BYTES, gauge("system.paging.usage", "bytes", "Swap in use."));
        put(
                HostMetric.ENERGY_JOULES,
                counter(
                        "vitrine.host.cpu.energy",
                        "joules",
                        "Energy of the processor packages since the server's start, by RAPL."));
        put(
                HostMetric.POWER_WATTS,
                gauge(
                        "vitrine.host.cpu.power",
                        "watts",
                        "Power of the processor packages since the last reading, by RAPL."));
        put(
                HostMetric.MEMORY_BANDWIDTH_BYTES_PER_SECOND,
                gauge(
                        "vitrine.host.memory.bandwidth",
                        "bytes_per_second",
                        "What steps of the model read from memory since the last reading, by estimate: see"
                                + " vitrine_engine_memory_read_bytes_total."));
    }

    private HostViewMeters() {}

    private static void put(HostMetric metric, MeterDefinition meter) {
        OF_READINGS.put(metric, meter);
    }

    /** The meter of a number; absent for those that {@link HostMeters} has. */
    public static Optional<MeterDefinition> of(HostMetric metric) {
        return Optional.ofNullable(OF_READINGS.get(metric));
    }

    /** All of them. */
    public static List<MeterDefinition> all() {
        return new ArrayList<>(OF_READINGS.values());
    }
}
