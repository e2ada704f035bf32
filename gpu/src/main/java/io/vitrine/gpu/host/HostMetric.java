package io.vitrine.gpu.host;

/** Every number that is read of the host, with its unit; what this machine does not tell is absent. */
public enum HostMetric {
    /** Share of all processors' time that was not idle, since the last reading. */
    CPU_UTILIZATION_RATIO("1"),
    /** Processors the kernel has online. */
    CPU_COUNT("{cpu}"),
    /** Tasks that ran or waited to run, mean of a minute. */
    LOAD_AVERAGE("{task}"),
    /** Memory of the machine. */
    MEMORY_TOTAL_BYTES("By"),
    /** Memory that could be had without swapping, as the kernel estimates it. */
    MEMORY_AVAILABLE_BYTES("By"),
    /** Total without available, over total. */
    MEMORY_USED_RATIO("1"),
    /** Swap in use. */
    SWAP_USED_BYTES("By"),
    /** Energy of the processor packages since the first reading, by RAPL; needs a kernel that lets us read it. */
    ENERGY_JOULES("J"),
    /** Power of the processor packages since the last reading, by RAPL. */
    POWER_WATTS("W"),
    /** Bytes a second that steps of the model read from memory since the last reading, by estimate; see {@link HostReader#countStepBytes}. */
    MEMORY_BANDWIDTH_BYTES_PER_SECOND("By/s");

    private final String unit;

    HostMetric(String unit) {
        this.unit = unit;
    }

    /** The unit in UCUM's spelling. */
    public String unit() {
        return unit;
    }
}
