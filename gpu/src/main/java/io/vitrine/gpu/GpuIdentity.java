package io.vitrine.gpu;

import java.util.Optional;

/**
 * Who a GPU is; read once, and kept when the GPU is lost.
 *
 * @param index its place in PCI order, from 0; CUDA counts otherwise unless {@code CUDA_DEVICE_ORDER=PCI_BUS_ID}
 * @param uuid the key of everything else: {@code hw.id}
 * @param name the model; {@code hw.model}
 * @param pciBusId for example {@code 00000000:3B:00.0}; empty when unknown
 * @param serial empty when the card has none; {@code hw.serial_number}
 * @param firmwareVersion VBIOS; empty when unknown; {@code hw.firmware_version}
 * @param architecture for example {@code Hopper}; empty when unknown
 * @param computeCapability for example {@code 9.0}; empty when unknown
 */
public record GpuIdentity(
        int index,
        String uuid,
        String name,
        String pciBusId,
        String serial,
        String firmwareVersion,
        String architecture,
        String computeCapability) {

    private static final String NAMELESS = "index-";

    /** The serial number, for cards that have one. */
    public Optional<String> serialNumber() {
        return serial.isEmpty() ? Optional.empty() : Optional.of(serial);
    }

    /** A GPU that has refused to say who it is since we came. */
    static GpuIdentity nameless(int index) {
        return new GpuIdentity(index, NAMELESS + index, "", "", "", "", "", "");
    }

    boolean isNameless() {
        return uuid.startsWith(NAMELESS);
    }
}
