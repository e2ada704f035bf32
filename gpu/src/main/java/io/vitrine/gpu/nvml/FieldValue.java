package io.vitrine.gpu.nvml;

import com.sun.jna.Pointer;

/**
 * One value of NVML's field interface, with its own code.
 *
 * @param code 0, or why there is no value
 * @param type NVML's value type: 0 double, 1 unsigned 32-bit, 2 and 3 unsigned 64-bit, 4 signed 64-bit, 5 signed 32-bit,
 *     6 unsigned 16-bit
 * @param bits the value, widened to 64 bits by its type; the bits of a double for type 0
 */
public record FieldValue(Request request, int code, int type, long bits) {

    /** The scope of a field that sums over all NVLink links. */
    public static final int ALL_LINKS = 0xFFFFFFFF;

    /**
     * What is asked for.
     *
     * @param field NVML's field id
     * @param scope 0, or the link
     */
    public record Request(int field, int scope) {}

    static FieldValue read(Request request, int callCode, Pointer at) {
        int code = callCode == 0 ? at.getInt(28) : callCode;
        if (code != 0) {
            return new FieldValue(request, code, 0, 0);
        }
        int type = at.getInt(24);
        return switch (type) {
            case 0, 2, 3, 4 -> new FieldValue(request, 0, type, at.getLong(32));
            case 1 -> new FieldValue(request, 0, type, Integer.toUnsignedLong(at.getInt(32)));
            case 5 -> new FieldValue(request, 0, type, at.getInt(32));
            case 6 -> new FieldValue(request, 0, type, Short.toUnsignedLong(at.getShort(32)));
            // A type of a later driver: its value cannot be read.
            default -> new FieldValue(request, NvmlReturn.NOT_SUPPORTED.code(), type, 0);
        };
    }

    /** The value as a number. */
    public double asDouble() {
        return switch (type) {
            case 0 -> Double.longBitsToDouble(bits);
            case 2, 3 -> Unsigned.toDouble(bits);
            default -> bits;
        };
    }

    /** The value exactly, in words of its type. */
    public String asText() {
        return switch (type) {
            case 0 -> Double.toString(Double.longBitsToDouble(bits));
            case 2, 3 -> Long.toUnsignedString(bits);
            default -> Long.toString(bits);
        };
    }
}
