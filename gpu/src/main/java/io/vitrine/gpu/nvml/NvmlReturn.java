package io.vitrine.gpu.nvml;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What an NVML call answered: NVML's codes, under NVML's names, with what each means here. */
public enum NvmlReturn {
    /** The value is there. */
    SUCCESS(0, "success"),
    /** Our initialisation is gone: another shutdown in this process, or a driver that was reloaded. */
    UNINITIALIZED(1, "library not initialised"),
    /** A wrong index, or a handle from before a re-initialisation. */
    INVALID_ARGUMENT(2, "invalid argument or stale handle"),
    /** This hardware or driver does not have it: the series is absent. */
    NOT_SUPPORTED(3, "not supported by this GPU or driver"),
    /** The user may not; inside a MIG container the parent GPU's memory answers so. */
    NO_PERMISSION(4, "no permission"),
    /** Nothing of that kind: an empty list. */
    NOT_FOUND(6, "not found"),
    /** The buffer was too small. */
    INSUFFICIENT_SIZE(7, "buffer too small"),
    /** The card's power cables. */
    INSUFFICIENT_POWER(8, "external power cables are not properly attached"),
    /** The kernel module is not there. */
    DRIVER_NOT_LOADED(9, "driver not loaded"),
    /** Nothing happened while waiting for an event. */
    TIMEOUT(10, "timeout"),
    /** The kernel found an interrupt problem with a GPU. */
    IRQ_ISSUE(11, "interrupt issue"),
    /** There is no NVML; made here when loading fails. */
    LIBRARY_NOT_FOUND(12, "NVML library not found"),
    /** The driver is older than the function; made here when a symbol is missing. */
    FUNCTION_NOT_FOUND(13, "function not in this driver's library"),
    /** The card's own configuration memory is damaged. */
    CORRUPTED_INFOROM(14, "corrupted infoROM"),
    /** The GPU has fallen off the bus or is otherwise inaccessible. */
    GPU_IS_LOST(15, "GPU is lost"),
    /** The GPU needs a reset before it can be used again. */
    RESET_REQUIRED(16, "GPU requires a reset"),
    /** The operating system blocked access. */
    OPERATING_SYSTEM(17, "blocked by the operating system"),
    /** The driver was replaced while its kernel module still runs: only a restart mends it. */
    LIB_RM_VERSION_MISMATCH(18, "driver and library version mismatch"),
    /** In use. */
    IN_USE(19, "in use"),
    /** NVML could not get memory. */
    MEMORY(20, "insufficient memory"),
    /** No data yet. */
    NO_DATA(21, "no data"),
    /** Not with ECC on. */
    VGPU_ECC_NOT_SUPPORTED(22, "not supported with ECC"),
    /** Out of some other resource. */
    INSUFFICIENT_RESOURCES(23, "insufficient resources"),
    /** Not at this clock. */
    FREQ_NOT_SUPPORTED(24, "frequency not supported"),
    /** The struct's version is not known to this driver. */
    ARGUMENT_VERSION_MISMATCH(25, "struct version not known to this driver"),
    /** Replaced by another function. */
    DEPRECATED(26, "deprecated"),
    /** Not ready yet. */
    NOT_READY(27, "not ready"),
    /** No GPU. */
    GPU_NOT_FOUND(28, "no GPU found"),
    /** Not in this state. */
    INVALID_STATE(29, "invalid state"),
    /** An internal error of the driver. */
    UNKNOWN(999, "unknown driver error"),
    /** A code that is newer than this table. */
    UNLISTED(-1, "code not listed");

    private static final Map<Integer, NvmlReturn> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(NvmlReturn::code, Function.identity()));

    private final int code;
    private final String words;

    NvmlReturn(int code, String words) {
        this.code = code;
        this.words = words;
    }

    /** The code's name; {@link #UNLISTED} for one that is not here. */
    public static NvmlReturn of(int code) {
        return BY_CODE.getOrDefault(code, UNLISTED);
    }

    /** NVML's number. */
    public int code() {
        return code;
    }

    /** What it means, in words. */
    public String words() {
        return words;
    }

    /** Whether an older function, or an older struct, may still answer. */
    public boolean asksForOlder() {
        return this == FUNCTION_NOT_FOUND || this == ARGUMENT_VERSION_MISMATCH || this == DEPRECATED;
    }
}
