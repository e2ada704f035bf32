package io.vitrine.gpu;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.vitrine.gpu.nvml.NvmlDevice;
import io.vitrine.gpu.nvml.NvmlSymbol;
import io.vitrine.gpu.nvml.Unsigned;

/** The MIG devices of one GPU. Poller thread only. */
final class MigReader {

    private static final int UUID_BYTES = 96;
    private static final int MAX_INSTANCES = 64;

    private final NvmlDevice parent;

    MigReader(NvmlDevice parent) {
        this.parent = parent;
    }

    boolean enabled() {
        long[] modes = parent.unsignedInts(NvmlSymbol.MIG_MODE, 2).value();
        return modes != null && modes[0] == 1;
    }

    /** Slots may be empty anywhere between the first and the last. */
    List<MigInstance> read() {
        long slots = parent.unsignedInt(NvmlSymbol.MAX_MIG_COUNT).optional().orElse(0L);
        List<MigInstance> instances = new ArrayList<>();
        for (int slot = 0; slot < Math.min(slots, MAX_INSTANCES); slot++) {
            parent.migDevice(slot).optional().map(MigReader::instance).ifPresent(instances::add);
        }
        return instances;
    }

    private static MigInstance instance(NvmlDevice device) {
        Map<GpuMetric, Double> values = new EnumMap<>(GpuMetric.class);
        long[] memory = device.memory().value();
        long[] memoryOld = memory == null ? device.memoryOld().value() : null;
        if (memory != null) {
            putMemory(values, memory[0], memory[1] + memory[3]);
        } else if (memoryOld != null) {
            putMemory(values, memoryOld[0], memoryOld[2]);
        }
        long[] attributes = device.migAttributes().value();
        return new MigInstance(
                device.text(NvmlSymbol.UUID, UUID_BYTES).optional().orElse(""),
                number(device, NvmlSymbol.GPU_INSTANCE_ID),
                number(device, NvmlSymbol.COMPUTE_INSTANCE_ID),
                attributes == null ? 0 : (int) attributes[0],
                values);
    }

    private static void putMemory(Map<GpuMetric, Double> values, long total, long occupied) {
        values.put(GpuMetric.MEMORY_TOTAL_BYTES, Unsigned.toDouble(total));
        values.put(GpuMetric.MEMORY_OCCUPIED_BYTES, Unsigned.toDouble(occupied));
        if (total > 0) {
            values.put(GpuMetric.MEMORY_OCCUPIED_RATIO, Unsigned.toDouble(occupied) / Unsigned.toDouble(total));
        }
    }

    private static int number(NvmlDevice device, NvmlSymbol symbol) {
        return device.unsignedInt(symbol).optional().orElse(0L).intValue();
    }
}
