package io.vitrine.gpu.nvml;

import java.nio.ByteBuffer;

/**
 * An event as the driver tells it: without a time.
 *
 * @param handle the address that is the GPU's handle; see {@link NvmlDevice#is}
 * @param type one bit of {@code nvmlEventType}
 * @param data of an XID event, the XID
 * @param gpuInstance the MIG GPU instance, or {@link ProcessInfo#NO_INSTANCE}
 * @param computeInstance the MIG compute instance, or {@link ProcessInfo#NO_INSTANCE}
 */
public record NvmlEvent(long handle, long type, long data, long gpuInstance, long computeInstance) {

    static NvmlEvent read(ByteBuffer bytes) {
        return new NvmlEvent(
                bytes.getLong(0),
                bytes.getLong(8),
                bytes.getLong(16),
                Integer.toUnsignedLong(bytes.getInt(24)),
                Integer.toUnsignedLong(bytes.getInt(28)));
    }
}
