package io.vitrine.observability.catalogue;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.vitrine.gpu.GpuMetric;

import static io.vitrine.observability.catalogue.MeterDefinition.gauge;

/**
 * The numbers of GPUs under the names, units and labels of NVIDIA's DCGM exporter, as far as its default set goes and NVML has them, so
 * that dashboards made for it show them. All are gauges to Prometheus, the exporter's counters too.
 */
public final class DcgmMeters {

    private static final double PERCENT = 100;
    private static final double MILLI = 1000;
    private static final double PER_MEBIBYTE = 1.0 / (1 << 20);

    private static final List<Label> LABELS = List.of(
            Label.configured("gpu", "its place in PCI order, from 0"),
            Label.configured("UUID", "the GPU's UUID"),
            Label.configured("pci_bus_id", "where it is plugged in"),
            Label.configured("device", "nvidia and its place"),
            Label.configured("modelName", "what card it is"));

    /** The number of the last XID, 0 if there was none; the exporter keeps no more. */
    public static final MeterDefinition LAST_XID =
            meter("DCGM_FI_DEV_XID_ERRORS", "1", "Value of the last XID error encountered.");

    private static final Map<GpuMetric, Named> NAMED = new EnumMap<>(GpuMetric.class);

    static {
        name(GpuMetric.CLOCK_SM_MEGAHERTZ, "DCGM_FI_DEV_SM_CLOCK", "MHz", "SM clock frequency (in MHz).", 1);
        name(GpuMetric.CLOCK_MEMORY_MEGAHERTZ, "DCGM_FI_DEV_MEM_CLOCK", "MHz", "Memory clock frequency (in MHz).", 1);
        name(GpuMetric.TEMPERATURE_MEMORY_CELSIUS, "DCGM_FI_DEV_MEMORY_TEMP", "Cel", "Memory temperature (in C).", 1);
        name(GpuMetric.TEMPERATURE_CELSIUS, "DCGM_FI_DEV_GPU_TEMP", "Cel", "GPU temperature (in C).", 1);
        name(GpuMetric.POWER_WATTS, "DCGM_FI_DEV_POWER_USAGE", "W", "Power draw (in W).", 1);
        name(
                GpuMetric.ENERGY_JOULES,
                "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
                "mJ",
                "Total energy consumption since the driver was loaded (in mJ).",
                MILLI);
        name(GpuMetric.PCIE_REPLAYS, "DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "{retry}", "Total number of PCIe retries.", 1);
        name(GpuMetric.UTILIZATION_RATIO, "DCGM_FI_DEV_GPU_UTIL", "%", "GPU utilization (in %).", PERCENT);
        name(GpuMetric.MEMORY_ACTIVITY_RATIO, "DCGM_FI_DEV_MEM_COPY_UTIL", "%", "Memory utilization (in %).", PERCENT);
        name(GpuMetric.ENCODER_UTILIZATION_RATIO, "DCGM_FI_DEV_ENC_UTIL", "%", "Encoder utilization (in %).", PERCENT);
        name(GpuMetric.DECODER_UTILIZATION_RATIO, "DCGM_FI_DEV_DEC_UTIL", "%", "Decoder utilization (in %).", PERCENT);
        name(
                GpuMetric.MEMORY_FREE_BYTES,
                "DCGM_FI_DEV_FB_FREE",
                "MiBy",
                "Framebuffer memory free (in MiB).",
                PER_MEBIBYTE);
        name(
                GpuMetric.MEMORY_USED_BYTES,
                "DCGM_FI_DEV_FB_USED",
                "MiBy",
                "Framebuffer memory used (in MiB).",
                PER_MEBIBYTE);
        name(
                GpuMetric.MEMORY_RESERVED_BYTES,
                "DCGM_FI_DEV_FB_RESERVED",
                "MiBy",
                "Framebuffer memory reserved (in MiB).",
                PER_MEBIBYTE);
        name(
                GpuMetric.REMAPPED_UNCORRECTED_ROWS,
                "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS",
                "{row}",
                "Number of remapped rows for uncorrectable errors.",
                1);
        name(
                GpuMetric.REMAPPED_CORRECTED_ROWS,
                "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS",
                "{row}",
                "Number of remapped rows for correctable errors.",
                1);
        name(GpuMetric.REMAP_FAILURE, "DCGM_FI_DEV_ROW_REMAP_FAILURE", "1", "Whether remapping of rows has failed.", 1);
        name(
                GpuMetric.TENSOR_ACTIVE_RATIO,
                "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
                "1",
                "Ratio of cycles the tensor pipe is active.",
                1);
        name(
                GpuMetric.MEMORY_BANDWIDTH_RATIO,
                "DCGM_FI_PROF_DRAM_ACTIVE",
                "1",
                "Ratio of cycles the device memory interface is active.",
                1);
        name(
                GpuMetric.PCIE_SENT_BYTES_PER_SECOND,
                "DCGM_FI_PROF_PCIE_TX_BYTES",
                "By/s",
                "Rate of data transmitted over PCIe (in B/s).",
                1);
        name(
                GpuMetric.PCIE_RECEIVED_BYTES_PER_SECOND,
                "DCGM_FI_PROF_PCIE_RX_BYTES",
                "By/s",
                "Rate of data received over PCIe (in B/s).",
                1);
    }

    private DcgmMeters() {}

    /**
     * A number under the exporter's name.
     *
     * @param factor from our unit to the exporter's
     */
    public record Named(MeterDefinition meter, double factor) {}

    /** By our names; the labels are index, UUID, PCI bus id, device and model. */
    public static Map<GpuMetric, Named> named() {
        return Map.copyOf(NAMED);
    }

    /** All of them. */
    public static List<MeterDefinition> all() {
        return Stream.concat(NAMED.values().stream().map(Named::meter), Stream.of(LAST_XID))
                .toList();
    }

    private static void name(GpuMetric metric, String name, String ucum, String meaning, double factor) {
        NAMED.put(metric, new Named(meter(name, ucum, meaning), factor));
    }

    /** Without a suffix: the name ends as the exporter has it. */
    private static MeterDefinition meter(String name, String ucum, String meaning) {
        return gauge(name, "", meaning, LABELS.toArray(Label[]::new)).in(new MeterUnit("", ucum));
    }
}
