package io.vitrine.gpu;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vitrine.gpu.nvml.CudaDriver;

/**
 * The card that CUDA counts as the n-th in this process, as NVML knows it: NVML counts all cards of the machine in PCI order, CUDA those
 * that it may see in an order of its own. By the PCI bus id that CUDA's driver gives; else by the UUID or the place that
 * {@code CUDA_VISIBLE_DEVICES} names; else, without either, the same place.
 *
 * @param pciBusId empty if not known
 * @param uuid or the beginning of one; empty if not known
 * @param index its place in PCI order; what counts where neither is known
 */
public record CudaGpu(String pciBusId, String uuid, int index) {

    private static final String VISIBLE_DEVICES = "CUDA_VISIBLE_DEVICES";
    private static final Pattern BUS_ID = Pattern.compile("([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)\\.([0-9a-f]+)");

    public CudaGpu {
        if (index < 0) {
            throw new IllegalArgumentException("index must be >= 0: " + index);
        }
    }

    /** The card at this place in PCI order. */
    public static CudaGpu atIndex(int index) {
        return new CudaGpu("", "", index);
    }

    /** Asks CUDA's driver; blocks while that starts. */
    public static CudaGpu of(int ordinal) {
        return of(ordinal, CudaDriver.pciBusId(CudaDriver.DEFAULT_NAME, ordinal), System.getenv());
    }

    static CudaGpu of(int ordinal, Optional<String> pciBusId, Map<String, String> environment) {
        if (pciBusId.isPresent()) {
            return new CudaGpu(pciBusId.get(), "", ordinal);
        }
        String visible = environment.getOrDefault(VISIBLE_DEVICES, "").strip();
        String[] devices = visible.isEmpty() ? new String[0] : visible.split(",", -1);
        String named = ordinal < devices.length ? devices[ordinal].strip() : "";
        if (named.matches("\\d{1,4}")) {
            return atIndex(Integer.parseInt(named));
        }
        return named.startsWith("GPU-") ? new CudaGpu("", named, ordinal) : atIndex(ordinal);
    }

    /** Whether this is the card. */
    public boolean is(GpuIdentity card) {
        if (!pciBusId.isEmpty() && !card.pciBusId().isEmpty()) {
            return normal(pciBusId).equals(normal(card.pciBusId()));
        }
        return uuid.isEmpty() ? card.index() == index : card.uuid().startsWith(uuid);
    }

    /** CUDA writes a domain of four digits, NVML one of eight. */
    private static String normal(String busId) {
        String lower = busId.toLowerCase(Locale.ROOT);
        Matcher parts = BUS_ID.matcher(lower);
        return parts.matches()
                ? Long.parseLong(parts.group(1), 16) + ":" + parts.group(2) + ":" + parts.group(3) + "."
                        + parts.group(4)
                : lower;
    }
}
