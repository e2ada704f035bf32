package io.vitrine.gpu.nvml;

/** The structs that are handed to NVML: their size and, where they carry one, their version word (size, and version in the top byte). */
enum Struct {
    PCI_INFO(68, 0),
    UTILIZATION(8, 0),
    MEMORY(24, 0),
    MEMORY_V2(40, 2),
    TEMPERATURE(12, 1),
    MARGIN_TEMPERATURE(8, 1),
    FAN_SPEED_INFO(12, 1),
    PROCESS_INFO(24, 0),
    EVENT_DATA(32, 0),
    FIELD_VALUE(40, 0),
    SRAM_ECC_STATUS(104, 1),
    UNREPAIRABLE_MEMORY(8, 1),
    ROW_REMAPPER_HISTOGRAM(20, 0),
    DEVICE_ATTRIBUTES(40, 0);

    private final int bytes;
    private final int version;

    Struct(int bytes, int version) {
        this.bytes = bytes;
        this.version = version;
    }

    int bytes() {
        return bytes;
    }

    /** 0 for a struct without one. */
    int versionWord() {
        return version == 0 ? 0 : bytes | version << 24;
    }
}
