package io.vitrine.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Why the clocks are not as high as they could be: NVML's bits, with the labels the DCGM exporter uses. */
public enum ThrottleReason {
    /** Nothing runs. Not throttling. */
    GPU_IDLE(0x1),
    /** Someone set the application clocks. */
    CLOCKS_SETTING(0x2),
    /** The power limit; normal at full load. */
    POWER_CAP(0x4),
    /** Clocks halved or worse: heat, power brake, or a fast power trigger. Can blink when the P-state changes. */
    HW_SLOWDOWN(0x8),
    /** Clocks held together with other GPUs. */
    SYNC_BOOST(0x10),
    /** The driver slows it for heat. */
    SW_THERMAL(0x20),
    /** The hardware slows it for heat. */
    HW_THERMAL(0x40),
    /** The power supply asks the hardware to slow it. */
    HW_POWER_BRAKE(0x80),
    /** The display's clock. */
    DISPLAY_CLOCKS(0x100),
    /** The board's own limit. */
    BOARD_LIMIT(0x200),
    /** Voltage held for reliability. */
    RELIABILITY(0x400);

    private final long bit;

    ThrottleReason(long bit) {
        this.bit = bit;
    }

    /** Whether it is in NVML's bit mask. */
    public boolean in(long bits) {
        return (bits & bit) != 0;
    }

    /** The label in lower case, as {@code hw_thermal}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The labels of a bit mask; a bit that is not listed is kept, as {@code unknown_0x800}. */
    public static List<String> labels(long bits) {
        List<String> labels = new ArrayList<>();
        long rest = bits;
        for (ThrottleReason reason : values()) {
            if (reason.in(bits)) {
                labels.add(reason.label());
                rest &= ~reason.bit;
            }
        }
        for (; rest != 0; rest &= rest - 1) {
            labels.add("unknown_0x" + Long.toHexString(Long.lowestOneBit(rest)));
        }
        return labels;
    }
}
