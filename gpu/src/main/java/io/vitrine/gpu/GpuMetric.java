package io.vitrine.gpu;

/**
 * Every number that is read of a GPU: what it means, its unit, the OpenTelemetry name it belongs under, and the range outside of
 * which a sample is garbage (a load of 4,294,967,295 % has been seen in the field) and is dropped. Ratios are 0 to 1. What a GPU lacks
 * is absent from a {@link GpuReading}: never 0, never -1.
 */
public enum GpuMetric {
    UTILIZATION_RATIO(
            Kind.RATIO,
            "hw.gpu.utilization",
            "Share of the last sampling window in which at least one kernel ran: time, not how full the GPU was."),
    MEMORY_ACTIVITY_RATIO(
            Kind.RATIO, "", "Share of the window in which GPU memory was read or written; not its bandwidth."),
    ENCODER_UTILIZATION_RATIO(Kind.RATIO, "hw.gpu.utilization", "Load of the video encoder."),
    DECODER_UTILIZATION_RATIO(Kind.RATIO, "hw.gpu.utilization", "Load of the video decoder."),
    JPEG_UTILIZATION_RATIO(Kind.RATIO, "hw.gpu.utilization", "Load of the JPEG decoder."),
    OPTICAL_FLOW_UTILIZATION_RATIO(Kind.RATIO, "hw.gpu.utilization", "Load of the optical flow accelerator."),

    MEMORY_TOTAL_BYTES(Kind.BYTES, "hw.gpu.memory.limit", "Memory on the GPU."),
    MEMORY_OCCUPIED_BYTES(Kind.BYTES, "hw.gpu.memory.usage", "Memory that is taken, by anyone: used and reserved."),
    MEMORY_USED_BYTES(
            Kind.BYTES,
            "",
            "Memory that processes took; drivers that cannot tell it from the reserved part do not have it."),
    MEMORY_RESERVED_BYTES(Kind.BYTES, "", "Memory the driver keeps for itself; as memory_used_bytes."),
    MEMORY_FREE_BYTES(Kind.BYTES, "", "Memory that is free."),
    MEMORY_OCCUPIED_RATIO(Kind.RATIO, "hw.gpu.memory.utilization", "Occupied over total."),
    BAR1_TOTAL_BYTES(Kind.BYTES, "", "Window through which the host reaches GPU memory."),
    BAR1_USED_BYTES(Kind.BYTES, "", "Its used part."),

    POWER_WATTS(
            Kind.WATTS,
            "hw.power",
            "Power draw: the mean of a second on Ampere and newer, the instant before (and on GA100)."),
    POWER_INSTANT_WATTS(Kind.WATTS, "", "Power draw of this instant."),
    POWER_LIMIT_WATTS(Kind.WATTS, "hw.gpu.power.limit", "The limit in force."),
    POWER_LIMIT_DEFAULT_WATTS(Kind.WATTS, "", "The limit as delivered."),
    POWER_LIMIT_LOWEST_WATTS(Kind.WATTS, "", "The lowest limit that can be set."),
    POWER_LIMIT_HIGHEST_WATTS(Kind.WATTS, "", "The highest limit that can be set."),
    ENERGY_JOULES(Kind.COUNTER_JOULES, "hw.energy", "Energy since the driver was loaded; falls back to 0 with it."),

    TEMPERATURE_CELSIUS(Kind.CELSIUS, "hw.temperature", "Temperature of the GPU."),
    TEMPERATURE_HOTTEST_CELSIUS(Kind.CELSIUS, "hw.temperature", "Its hottest spot."),
    TEMPERATURE_MEMORY_CELSIUS(Kind.CELSIUS, "hw.temperature", "Temperature of the memory."),
    TEMPERATURE_MARGIN_CELSIUS(
            Kind.CELSIUS,
            "",
            "Degrees left to the nearest slowdown; parts that report none or less than one do not have it."),
    TEMPERATURE_SLOWDOWN_CELSIUS(Kind.CELSIUS, "hw.temperature.limit", "Where the GPU slows itself down."),
    TEMPERATURE_SHUTDOWN_CELSIUS(Kind.CELSIUS, "hw.temperature.limit", "Where it switches itself off."),
    TEMPERATURE_MEMORY_LIMIT_CELSIUS(Kind.CELSIUS, "hw.temperature.limit", "The highest for the memory."),
    TEMPERATURE_LIMIT_CELSIUS(Kind.CELSIUS, "hw.temperature.limit", "The highest for the GPU in operation."),
    TEMPERATURE_SLOWDOWN_OFFSET_CELSIUS(
            Kind.OFFSET_CELSIUS,
            "",
            "Ada and newer: where it slows down, as an offset to its thermal limit, often negative; not a temperature."),
    TEMPERATURE_SHUTDOWN_OFFSET_CELSIUS(
            Kind.OFFSET_CELSIUS, "", "Ada and newer: where it switches off, as such an offset."),
    FAN_SPEED_RATIO(
            Kind.FAN_RATIO,
            "hw.fan.speed_ratio",
            "Intended speed of the fastest fan; may exceed 1. Absent on cards without fans of their own."),
    FAN_SPEED_RPM(Kind.RPM, "hw.fan.speed", "Measured speed of the slowest fan."),

    CLOCK_GRAPHICS_MEGAHERTZ(Kind.MEGAHERTZ, "", "Clock of the graphics domain."),
    CLOCK_SM_MEGAHERTZ(Kind.MEGAHERTZ, "", "Clock of the multiprocessors."),
    CLOCK_MEMORY_MEGAHERTZ(Kind.MEGAHERTZ, "", "Clock of the memory."),
    CLOCK_SM_HIGHEST_MEGAHERTZ(Kind.MEGAHERTZ, "", "Highest clock of the multiprocessors."),
    CLOCK_MEMORY_HIGHEST_MEGAHERTZ(Kind.MEGAHERTZ, "", "Highest clock of the memory."),
    PERFORMANCE_STATE(Kind.P_STATE, "", "P-state: 0 is fastest, 15 slowest."),

    THROTTLED_POWER_CAP_SECONDS(Kind.COUNTER_SECONDS, "", "Time the clocks were held back by the power cap."),
    THROTTLED_THERMAL_SECONDS(
            Kind.COUNTER_SECONDS, "", "Time they were held back by heat, as the driver's violation counter has it."),
    THROTTLED_BOARD_LIMIT_SECONDS(Kind.COUNTER_SECONDS, "", "Time they were held back by the board's limit."),
    THROTTLED_RELIABILITY_SECONDS(Kind.COUNTER_SECONDS, "", "Time they were held back for reliability."),
    THROTTLED_SOFTWARE_THERMAL_SECONDS(Kind.COUNTER_SECONDS, "", "Time the driver slowed the clocks for heat."),
    THROTTLED_HARDWARE_THERMAL_SECONDS(Kind.COUNTER_SECONDS, "", "Time the hardware slowed the clocks for heat."),
    THROTTLED_POWER_BRAKE_SECONDS(
            Kind.COUNTER_SECONDS, "", "Time the hardware slowed the clocks because the power supply asked for it."),

    ECC_CORRECTED_ERRORS(Kind.COUNTER, "hw.errors", "Memory errors put right, since the driver was loaded."),
    ECC_UNCORRECTED_ERRORS(Kind.COUNTER, "hw.errors", "Memory errors not put right, since the driver was loaded."),
    ECC_CORRECTED_LIFETIME_ERRORS(Kind.COUNTER, "", "Memory errors put right in the GPU's life."),
    ECC_UNCORRECTED_LIFETIME_ERRORS(Kind.COUNTER, "", "Memory errors not put right in the GPU's life."),
    SRAM_ERRORS_EXCEEDED(Kind.FLAG, "", "1 when on-chip memory had more errors than it may: field diagnosis is due."),
    RETIRED_CORRECTED_PAGES(Kind.COUNTER, "", "Before Ampere: pages retired for corrected errors."),
    RETIRED_UNCORRECTED_PAGES(Kind.COUNTER, "", "Before Ampere: pages retired for uncorrected errors."),
    RETIREMENT_PENDING(Kind.FLAG, "", "1 while a retirement waits for a reset."),
    REMAPPED_CORRECTED_ROWS(Kind.COUNTER, "", "Ampere and newer: rows remapped for corrected errors."),
    REMAPPED_UNCORRECTED_ROWS(Kind.COUNTER, "", "Ampere and newer: rows remapped for uncorrected errors."),
    REMAP_PENDING(Kind.FLAG, "", "1 while a remapping waits for a reset."),
    REMAP_FAILURE(Kind.FLAG, "", "1 after a remapping failed: the card is to be replaced."),
    BANKS_WITHOUT_SPARE_ROWS(Kind.COUNT, "", "Memory banks with no spare row left."),
    UNREPAIRABLE_MEMORY(Kind.FLAG, "", "1 when the driver says that the memory cannot be repaired."),
    RECOVERY_ACTION(Kind.COUNT, "", "What the driver itself asks for: see RecoveryAction."),

    PCIE_SENT_BYTES(Kind.COUNTER_BYTES, "hw.gpu.io", "Bytes the GPU sent over PCIe; may wrap."),
    PCIE_RECEIVED_BYTES(Kind.COUNTER_BYTES, "hw.gpu.io", "Bytes the GPU received over PCIe; may wrap."),
    PCIE_SENT_BYTES_PER_SECOND(
            Kind.BYTES_PER_SECOND,
            "",
            "What it sent in a second: from the counter, or a window of 20 ms where there is none."),
    PCIE_RECEIVED_BYTES_PER_SECOND(Kind.BYTES_PER_SECOND, "", "What it received in a second; as above."),
    PCIE_REPLAYS(Kind.COUNTER, "hw.errors", "Packets sent again."),
    PCIE_CORRECTABLE_ERRORS(Kind.COUNTER, "", "Errors put right by the link."),
    PCIE_NON_FATAL_ERRORS(Kind.COUNTER, "", "Errors not put right that did not stop it."),
    PCIE_FATAL_ERRORS(Kind.COUNTER, "", "Errors that stopped it."),
    PCIE_GENERATION(Kind.COUNT, "", "Generation of the link now; falls while idle, so a low one is no fault."),
    PCIE_HIGHEST_GENERATION(Kind.COUNT, "", "The highest generation of card and slot."),
    PCIE_WIDTH_LANES(Kind.COUNT, "", "Lanes in use."),
    PCIE_HIGHEST_WIDTH_LANES(Kind.COUNT, "", "Lanes that card and slot have."),

    NVLINK_LINKS(Kind.COUNT, "", "NVLink links of the GPU."),
    NVLINK_ACTIVE_LINKS(Kind.COUNT, "", "Links that are up (active or asleep)."),
    NVLINK_SENT_BYTES(Kind.COUNTER_BYTES, "", "Bytes sent over all links."),
    NVLINK_RECEIVED_BYTES(Kind.COUNTER_BYTES, "", "Bytes received over all links."),
    NVLINK_CRC_ERRORS(Kind.COUNTER, "", "Checksum errors, all links; before Blackwell."),
    NVLINK_REPLAYS(Kind.COUNTER, "", "Packets sent again, all links; before Blackwell."),
    NVLINK_RECOVERIES(Kind.COUNTER, "", "Links recovered, all links."),
    NVLINK_FAILED_RECOVERIES(Kind.COUNTER, "", "Recoveries that failed; Blackwell and newer."),
    NVLINK_SYMBOL_ERRORS(Kind.COUNTER, "", "Symbol errors; Blackwell and newer."),

    SM_ACTIVE_RATIO(Kind.RATIO, "", "Hopper and newer: share of time the multiprocessors had work, over all of them."),
    SM_OCCUPANCY_RATIO(Kind.RATIO, "", "Hopper and newer: warps that were resident, of those that fit."),
    TENSOR_ACTIVE_RATIO(Kind.RATIO, "", "Hopper and newer: share of cycles in which a tensor core worked."),
    MEMORY_BANDWIDTH_RATIO(
            Kind.RATIO,
            "",
            "Hopper and newer: memory bandwidth used, of what there is: the number to watch while decoding."),
    FP64_ACTIVE_RATIO(Kind.RATIO, "", "Hopper and newer: share of cycles of the float64 pipe."),
    FP32_ACTIVE_RATIO(Kind.RATIO, "", "Hopper and newer: share of cycles of the float32 pipe."),
    FP16_ACTIVE_RATIO(Kind.RATIO, "", "Hopper and newer: share of cycles of the float16 pipe."),
    NVLINK_RECEIVED_BYTES_PER_SECOND(
            Kind.BYTES_PER_SECOND, "", "Hopper and newer: bytes a second received over NVLink."),
    NVLINK_SENT_BYTES_PER_SECOND(Kind.BYTES_PER_SECOND, "", "Hopper and newer: bytes a second sent over NVLink.");

    /** What sort of number: its unit (UCUM), whether it only grows, and what is believable. */
    public enum Kind {
        /** 0 to 1. */
        RATIO("1", false, 0, 1),
        /** A fan may be told to run above its nominal speed. */
        FAN_RATIO("1", false, 0, 2),
        /** Bytes; a terabyte and more is believed, an exabyte is not. */
        BYTES("By", false, 0, 1e18),
        /** Bytes that add up. */
        COUNTER_BYTES("By", true, 0, 2e19),
        /** Bytes a second. */
        BYTES_PER_SECOND("By/s", false, 0, 1e14),
        /** Watts. */
        WATTS("W", false, 0, 100_000),
        /** Joules that add up. */
        COUNTER_JOULES("J", true, 0, 2e16),
        /** Degrees. */
        CELSIUS("Cel", false, -100, 250),
        /** Degrees off some limit. */
        OFFSET_CELSIUS("Cel", false, -250, 250),
        /** Revolutions a minute. */
        RPM("rpm", false, 0, 100_000),
        /** Megahertz. */
        MEGAHERTZ("MHz", false, 0, 20_000),
        /** NVML's 32 for "unknown" is out of range. */
        P_STATE("1", false, 0, 15),
        /** Seconds that add up. */
        COUNTER_SECONDS("s", true, 0, 2e10),
        /** A count that adds up. */
        COUNTER("{count}", true, 0, 2e19),
        /** A count that goes up and down. */
        COUNT("{count}", false, 0, 1e6),
        /** 0 or 1. */
        FLAG("1", false, 0, 1);

        private final String unit;
        private final boolean counter;
        private final double lowest;
        private final double highest;

        Kind(String unit, boolean counter, double lowest, double highest) {
            this.unit = unit;
            this.counter = counter;
            this.lowest = lowest;
            this.highest = highest;
        }

        /** The unit in UCUM's spelling. */
        public String unit() {
            return unit;
        }

        /** Whether it only grows, until a reset of GPU or driver. */
        public boolean counter() {
            return counter;
        }

        /** Whether a sample can be true. */
        public boolean believes(double value) {
            return value >= lowest && value <= highest;
        }
    }

    private final Kind kind;
    private final String semanticName;
    private final String meaning;

    GpuMetric(Kind kind, String semanticName, String meaning) {
        this.kind = kind;
        this.semanticName = semanticName;
        this.meaning = meaning;
    }

    /** Unit and range. */
    public Kind kind() {
        return kind;
    }

    /** The OpenTelemetry hardware convention's name; empty where there is none. */
    public String semanticName() {
        return semanticName;
    }

    /** What it is, in a sentence. */
    public String meaning() {
        return meaning;
    }
}
