package io.vitrine.gpu.nvml;

import java.util.ArrayList;
import java.util.List;

import com.sun.jna.Memory;

/**
 * A process that uses a GPU, as NVML lists it.
 *
 * @param pid the process id; unsigned
 * @param usedBytes the bits of an unsigned number, or {@link #UNKNOWN_BYTES}
 * @param gpuInstance the MIG GPU instance, or {@link #NO_INSTANCE}
 * @param computeInstance the MIG compute instance, or {@link #NO_INSTANCE}
 */
public record ProcessInfo(long pid, long usedBytes, long gpuInstance, long computeInstance) {

    /** NVML's mark for memory it cannot tell. */
    public static final long UNKNOWN_BYTES = -1;

    /** NVML's mark for a process outside MIG. */
    public static final long NO_INSTANCE = 0xFFFFFFFFL;

    static List<ProcessInfo> list(Memory from, int count) {
        List<ProcessInfo> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long at = (long) i * Struct.PROCESS_INFO.bytes();
            processes.add(new ProcessInfo(
                    Integer.toUnsignedLong(from.getInt(at)),
                    from.getLong(at + 8),
                    Integer.toUnsignedLong(from.getInt(at + 16)),
                    Integer.toUnsignedLong(from.getInt(at + 20))));
        }
        return processes;
    }
}
