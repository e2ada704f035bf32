package io.vitrine.gpu;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vitrine.gpu.nvml.CudaDriver;

/**
 * The card that CUDA counts as the n-th in this process, as NVML knows it: NVML counts all cards of the machine in PCI order, CUDA those
 * that it may see ({@code CUDA_VISIBLE_DEVICES}) in an order of its own. So it is known by the PCI bus id that CUDA's driver gives; where
 * there is none to ask, by the same place.
 *
 * @param pciBusId empty if not known
 * @param index what counts where the bus id is not known: its place in PCI order
 */
public record CudaGpu(String pciBusId, int index) {

    private static final Pattern BUS_ID = Pattern.compile("([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)\\.([0-9a-f]+)");

    public CudaGpu {
        if (index < 0) {
            throw new IllegalArgumentException("index must be >= 0: " + index);
        }
    }

    /** The card at this place in PCI order. */
    public static CudaGpu atIndex(int index) {
        return new CudaGpu("", index);
    }

    /** Asks CUDA's driver; blocks while that starts. */
    public static CudaGpu of(int ordinal) {
        return of(ordinal, CudaDriver.pciBusId(CudaDriver.DEFAULT_NAME, ordinal));
    }

    static CudaGpu of(int ordinal, Optional<String> pciBusId) {
        return new CudaGpu(pciBusId.orElse(""), ordinal);
    }

    /** Whether this is the card. */
    public boolean is(GpuIdentity card) {
        if (!pciBusId.isEmpty() && !card.pciBusId().isEmpty()) {
            return normal(pciBusId).equals(normal(card.pciBusId()));
        }
        return card.index() == index;
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
