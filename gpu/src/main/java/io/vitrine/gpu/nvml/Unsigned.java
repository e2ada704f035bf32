package io.vitrine.gpu.nvml;

/** Unsigned 64-bit numbers, which Java keeps in a {@code long}. */
public final class Unsigned {

    private Unsigned() {}

    /** The nearest double. */
    public static double toDouble(long bits) {
        // The top bit apart: halved, with the lost bit kept for the rounding, then doubled.
        return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
    }
}
