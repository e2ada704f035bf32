package io.vitrine.model.hub;

import java.util.Locale;

/** Writes a number of bytes for people: decimal units, one digit behind the point. */
final class ByteCount {

    private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

    private ByteCount() {}

    /** Such as {@code 512 B} or {@code 98.4 MB}. */
    static String describe(long bytes) {
        int unit = unitOf(bytes);
        return inUnit(bytes, unit) + " " + name(unit);
    }

    /** Such as {@code 44.1 of 98.4 MB}: both in the unit of the total. */
    static String describe(long bytes, long totalBytes) {
        int unit = unitOf(totalBytes);
        return inUnit(bytes, unit) + " of " + inUnit(totalBytes, unit) + " " + name(unit);
    }

    private static int unitOf(long bytes) {
        int unit = 0;
        for (double rest = bytes; rest >= 999.95 && unit < UNITS.length; rest /= 1000) {
            unit++;
        }
        return unit;
    }

    private static String inUnit(long bytes, int unit) {
        return unit == 0 ? Long.toString(bytes) : String.format(Locale.ROOT, "%.1f", bytes / Math.pow(1000, unit));
    }

    private static String name(int unit) {
        return unit == 0 ? "B" : UNITS[unit - 1];
    }
}
