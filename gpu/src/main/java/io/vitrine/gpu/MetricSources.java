package io.vitrine.gpu;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import io.vitrine.gpu.nvml.FieldValue;
import io.vitrine.gpu.nvml.NvmlDevice;
import io.vitrine.gpu.nvml.NvmlResult;
import io.vitrine.gpu.nvml.NvmlSymbol;
import io.vitrine.gpu.nvml.Unsigned;

import static io.vitrine.gpu.GpuMetric.*;

/**
 * Where each metric comes from. Field values are asked first, all in one call to the driver; then the calls, of which those are left out
 * whose metrics are there already. So a newer driver costs few calls and an older one still answers.
 */
final class MetricSources {

    private static final double PERCENT = 0.01;
    private static final double MILLI = 1e-3;
    private static final double NANO = 1e-9;
    private static final double KIBI = 1024;
    private static final double MEBI = 1024 * 1024;
    /** PCIe throughput comes in thousands of bytes. */
    private static final double KILO = 1000;

    /** One field value: its id, its scope, and what to multiply it with. */
    record Field(GpuMetric metric, FieldValue.Request request, double scale) {

        private static Field of(GpuMetric metric, int id, double scale) {
            return new Field(metric, new FieldValue.Request(id, 0), scale);
        }

        private static Field allLinks(GpuMetric metric, int id, double scale) {
            return new Field(metric, new FieldValue.Request(id, FieldValue.ALL_LINKS), scale);
        }
    }

    /** One call: the metrics it fills, in the order of the values it answers. */
    record Call(List<GpuMetric> metrics, Function<NvmlDevice, NvmlResult<double[]>> read) {

        private static Call one(GpuMetric metric, double scale, Function<NvmlDevice, NvmlResult<Long>> read) {
            return new Call(List.of(metric), device -> read.apply(device).map(v -> new double[] {v * scale}));
        }

        private static Call some(List<GpuMetric> metrics, double scale, Function<NvmlDevice, NvmlResult<long[]>> read) {
            return new Call(metrics, device -> read.apply(device).map(values -> Arrays.stream(values)
                    .limit(metrics.size())
                    .mapToDouble(v -> Unsigned.toDouble(v) * scale)
                    .toArray()));
        }

        private static Call number(GpuMetric metric, double scale, NvmlSymbol symbol) {
            return one(metric, scale, device -> device.unsignedInt(symbol));
        }

        private static Call chosen(GpuMetric metric, double scale, NvmlSymbol symbol, int selector) {
            return one(metric, scale, device -> device.unsignedInt(symbol, selector));
        }

        private static Call wide(GpuMetric metric, double scale, Function<NvmlDevice, NvmlResult<Long>> read) {
            return new Call(List.of(metric), device -> read.apply(device)
                    .map(v -> new double[] {Unsigned.toDouble(v) * scale}));
        }

        private static Call signed(GpuMetric metric, Function<NvmlDevice, NvmlResult<Integer>> read) {
            return new Call(List.of(metric), device -> read.apply(device).map(v -> new double[] {v}));
        }
    }

    static final List<Field> FIELDS = List.of(
            Field.of(ECC_CORRECTED_ERRORS, 3, 1),
            Field.of(ECC_UNCORRECTED_ERRORS, 4, 1),
            Field.of(ECC_CORRECTED_LIFETIME_ERRORS, 5, 1),
            Field.of(ECC_UNCORRECTED_LIFETIME_ERRORS, 6, 1),
            Field.of(RETIRED_CORRECTED_PAGES, 29, 1),
            Field.of(RETIRED_UNCORRECTED_PAGES, 30, 1),
            Field.of(RETIREMENT_PENDING, 31, 1),
            Field.of(NVLINK_CRC_ERRORS, 38, 1),
            Field.of(NVLINK_REPLAYS, 52, 1),
            Field.of(NVLINK_RECOVERIES, 59, 1),
            Field.of(THROTTLED_POWER_CAP_SECONDS, 74, NANO),
            Field.of(THROTTLED_THERMAL_SECONDS, 75, NANO),
            Field.of(THROTTLED_BOARD_LIMIT_SECONDS, 77, NANO),
            Field.of(THROTTLED_RELIABILITY_SECONDS, 79, NANO),
            Field.of(TEMPERATURE_MEMORY_CELSIUS, 82, 1),
            Field.of(ENERGY_JOULES, 83, MILLI),
            Field.of(NVLINK_LINKS, 91, 1),
            Field.of(PCIE_REPLAYS, 94, 1),
            Field.allLinks(NVLINK_SENT_BYTES, 138, KIBI),
            Field.allLinks(NVLINK_RECEIVED_BYTES, 139, KIBI),
            Field.of(REMAPPED_CORRECTED_ROWS, 142, 1),
            Field.of(REMAPPED_UNCORRECTED_ROWS, 143, 1),
            Field.of(REMAP_PENDING, 144, 1),
            Field.of(REMAP_FAILURE, 145, 1),
            Field.of(PCIE_CORRECTABLE_ERRORS, 173, 1),
            Field.of(PCIE_NON_FATAL_ERRORS, 179, 1),
            Field.of(PCIE_FATAL_ERRORS, 180, 1),
            Field.of(POWER_WATTS, 185, MILLI),
            Field.of(POWER_INSTANT_WATTS, 186, MILLI),
            Field.of(POWER_LIMIT_LOWEST_WATTS, 187, MILLI),
            Field.of(POWER_LIMIT_HIGHEST_WATTS, 188, MILLI),
            Field.of(POWER_LIMIT_DEFAULT_WATTS, 189, MILLI),
            Field.of(TEMPERATURE_SHUTDOWN_OFFSET_CELSIUS, 193, 1),
            Field.of(TEMPERATURE_SLOWDOWN_OFFSET_CELSIUS, 194, 1),
            Field.of(PCIE_SENT_BYTES, 197, 1),
            Field.of(PCIE_RECEIVED_BYTES, 198, 1),
            Field.allLinks(NVLINK_SENT_BYTES, 202, 1),
            Field.allLinks(NVLINK_RECEIVED_BYTES, 204, 1),
            Field.allLinks(NVLINK_RECOVERIES, 213, 1),
            Field.allLinks(NVLINK_FAILED_RECOVERIES, 214, 1),
            Field.allLinks(NVLINK_SYMBOL_ERRORS, 221, 1),
            Field.of(RECOVERY_ACTION, 230, 1),
            Field.of(THROTTLED_SOFTWARE_THERMAL_SECONDS, 269, NANO),
            Field.of(THROTTLED_HARDWARE_THERMAL_SECONDS, 270, NANO),
            Field.of(THROTTLED_POWER_BRAKE_SECONDS, 271, NANO));

    static final List<Call> CALLS = List.of(
            Call.some(List.of(UTILIZATION_RATIO, MEMORY_ACTIVITY_RATIO), PERCENT, NvmlDevice::utilization),
            engine(ENCODER_UTILIZATION_RATIO, NvmlSymbol.ENCODER_UTILIZATION),
            engine(DECODER_UTILIZATION_RATIO, NvmlSymbol.DECODER_UTILIZATION),
            engine(JPEG_UTILIZATION_RATIO, NvmlSymbol.JPG_UTILIZATION),
            engine(OPTICAL_FLOW_UTILIZATION_RATIO, NvmlSymbol.OFA_UTILIZATION),
            Call.some(
                    List.of(MEMORY_TOTAL_BYTES, MEMORY_RESERVED_BYTES, MEMORY_FREE_BYTES, MEMORY_USED_BYTES),
                    1,
                    NvmlDevice::memory),
            // The older form counts the reserved part as used, so that used is what is occupied.
            Call.some(List.of(MEMORY_TOTAL_BYTES, MEMORY_FREE_BYTES, MEMORY_OCCUPIED_BYTES), 1, NvmlDevice::memoryOld),
            new Call(List.of(BAR1_TOTAL_BYTES, BAR1_USED_BYTES), device -> device.bar1Memory()
                    .map(v -> new double[] {Unsigned.toDouble(v[0]), Unsigned.toDouble(v[2])})),
            Call.number(POWER_WATTS, MILLI, NvmlSymbol.POWER_USAGE),
            Call.number(POWER_LIMIT_WATTS, MILLI, NvmlSymbol.ENFORCED_POWER_LIMIT),
            Call.number(POWER_LIMIT_DEFAULT_WATTS, MILLI, NvmlSymbol.DEFAULT_POWER_LIMIT),
            Call.some(
                    List.of(POWER_LIMIT_LOWEST_WATTS, POWER_LIMIT_HIGHEST_WATTS),
                    MILLI,
                    device -> device.unsignedInts(NvmlSymbol.POWER_LIMIT_CONSTRAINTS, 2)),
            Call.wide(ENERGY_JOULES, MILLI, device -> device.unsignedLong(NvmlSymbol.TOTAL_ENERGY)),
            Call.signed(TEMPERATURE_CELSIUS, device -> device.temperature(0)),
            Call.chosen(TEMPERATURE_CELSIUS, 1, NvmlSymbol.TEMPERATURE, 0),
            Call.signed(TEMPERATURE_HOTTEST_CELSIUS, device -> device.temperature(1)),
            Call.signed(TEMPERATURE_MARGIN_CELSIUS, NvmlDevice::marginTemperature),
            Call.chosen(TEMPERATURE_SHUTDOWN_CELSIUS, 1, NvmlSymbol.TEMPERATURE_THRESHOLD, 0),
            Call.chosen(TEMPERATURE_SLOWDOWN_CELSIUS, 1, NvmlSymbol.TEMPERATURE_THRESHOLD, 1),
            Call.chosen(TEMPERATURE_MEMORY_LIMIT_CELSIUS, 1, NvmlSymbol.TEMPERATURE_THRESHOLD, 2),
            Call.chosen(TEMPERATURE_LIMIT_CELSIUS, 1, NvmlSymbol.TEMPERATURE_THRESHOLD, 3),
            Call.chosen(CLOCK_GRAPHICS_MEGAHERTZ, 1, NvmlSymbol.CLOCK, 0),
            Call.chosen(CLOCK_SM_MEGAHERTZ, 1, NvmlSymbol.CLOCK, 1),
            Call.chosen(CLOCK_MEMORY_MEGAHERTZ, 1, NvmlSymbol.CLOCK, 2),
            Call.chosen(CLOCK_SM_HIGHEST_MEGAHERTZ, 1, NvmlSymbol.MAX_CLOCK, 1),
            Call.chosen(CLOCK_MEMORY_HIGHEST_MEGAHERTZ, 1, NvmlSymbol.MAX_CLOCK, 2),
            Call.number(PERFORMANCE_STATE, 1, NvmlSymbol.PERFORMANCE_STATE),
            ecc(ECC_CORRECTED_ERRORS, 0, 0),
            ecc(ECC_UNCORRECTED_ERRORS, 1, 0),
            ecc(ECC_CORRECTED_LIFETIME_ERRORS, 0, 1),
            ecc(ECC_UNCORRECTED_LIFETIME_ERRORS, 1, 1),
            new Call(List.of(SRAM_ERRORS_EXCEEDED), device -> device.sramEccStatus()
                    .map(v -> new double[] {v[2]})),
            Call.some(
                    List.of(REMAPPED_CORRECTED_ROWS, REMAPPED_UNCORRECTED_ROWS, REMAP_PENDING, REMAP_FAILURE),
                    1,
                    device -> device.unsignedInts(NvmlSymbol.REMAPPED_ROWS, 4)),
            new Call(List.of(BANKS_WITHOUT_SPARE_ROWS), device -> device.rowRemapperHistogram()
                    .map(v -> new double[] {v[4]})),
            Call.one(UNREPAIRABLE_MEMORY, 1, NvmlDevice::unrepairableMemory),
            Call.number(PCIE_REPLAYS, 1, NvmlSymbol.PCIE_REPLAYS),
            Call.number(PCIE_GENERATION, 1, NvmlSymbol.PCIE_GENERATION),
            Call.number(PCIE_HIGHEST_GENERATION, 1, NvmlSymbol.PCIE_MAX_GENERATION),
            Call.number(PCIE_WIDTH_LANES, 1, NvmlSymbol.PCIE_WIDTH),
            Call.number(PCIE_HIGHEST_WIDTH_LANES, 1, NvmlSymbol.PCIE_MAX_WIDTH));

    /** Each blocks for 20 ms while it counts: asked only where the GPU has no byte counters. */
    static final List<Call> PCIE_RATES = List.of(
            Call.chosen(PCIE_SENT_BYTES_PER_SECOND, KILO, NvmlSymbol.PCIE_THROUGHPUT, 0),
            Call.chosen(PCIE_RECEIVED_BYTES_PER_SECOND, KILO, NvmlSymbol.PCIE_THROUGHPUT, 1));

    /** A profiling metric: NVML's id, and what to multiply it with. */
    record Profiling(GpuMetric metric, int id, double scale) {}

    static final List<Profiling> PROFILING = List.of(
            new Profiling(SM_ACTIVE_RATIO, 2, PERCENT),
            new Profiling(SM_OCCUPANCY_RATIO, 3, PERCENT),
            new Profiling(TENSOR_ACTIVE_RATIO, 5, PERCENT),
            new Profiling(MEMORY_BANDWIDTH_RATIO, 10, PERCENT),
            new Profiling(FP64_ACTIVE_RATIO, 11, PERCENT),
            new Profiling(FP32_ACTIVE_RATIO, 12, PERCENT),
            new Profiling(FP16_ACTIVE_RATIO, 13, PERCENT),
            new Profiling(PCIE_SENT_BYTES_PER_SECOND, 20, MEBI),
            new Profiling(PCIE_RECEIVED_BYTES_PER_SECOND, 21, MEBI),
            new Profiling(NVLINK_RECEIVED_BYTES_PER_SECOND, 60, MEBI),
            new Profiling(NVLINK_SENT_BYTES_PER_SECOND, 61, MEBI));

    private MetricSources() {}

    private static Call engine(GpuMetric metric, NvmlSymbol symbol) {
        return Call.some(List.of(metric), PERCENT, device -> device.unsignedInts(symbol, 2));
    }

    private static Call ecc(GpuMetric metric, int type, int counter) {
        return Call.wide(metric, 1, device -> device.eccErrors(type, counter));
    }
}
