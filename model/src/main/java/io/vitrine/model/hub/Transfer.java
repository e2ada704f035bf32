package io.vitrine.model.hub;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * How far one transfer is, in numbers and in the words that the bar and the lines share.
 *
 * @param alreadyDone bytes that were there when it began, which say nothing about the rate
 */
record Transfer(String what, long alreadyDone, OptionalLong totalBytes, long startedNanos) {

    private static final double NANOS_PER_SECOND = 1e9;

    /** From 0 to 1; 0 while the total is not known. */
    double fraction(long doneBytes) {
        long total = totalBytes.orElse(0);
        return total <= 0 ? 0 : Math.min(1.0, (double) doneBytes / total);
    }

    /** Such as {@code 45 %, 44.1 of 98.4 MB, 8.2 MB/s, 0:07 left}. */
    String describe(long doneBytes, long nowNanos) {
        String left = totalBytes.isPresent() && bytesPerSecond(doneBytes, nowNanos) > 0
                ? ", " + clock((totalBytes.getAsLong() - doneBytes) / bytesPerSecond(doneBytes, nowNanos)) + " left"
                : "";
        return amount(doneBytes) + ", " + ByteCount.describe((long) bytesPerSecond(doneBytes, nowNanos)) + "/s" + left;
    }

    /** Such as {@code 98.4 MB in 0:12}. */
    String describeEnd(long doneBytes, long nowNanos) {
        return ByteCount.describe(doneBytes) + " in " + clock((nowNanos - startedNanos) / NANOS_PER_SECOND);
    }

    private String amount(long doneBytes) {
        if (totalBytes.isEmpty()) {
            return ByteCount.describe(doneBytes);
        }
        return String.format(Locale.ROOT, "%3d %%, ", (int) (100 * fraction(doneBytes)))
                + ByteCount.describe(doneBytes, totalBytes.getAsLong());
    }

    private double bytesPerSecond(long doneBytes, long nowNanos) {
        long nanos = nowNanos - startedNanos;
        return nanos <= 0 ? 0 : Math.max(0, doneBytes - alreadyDone) * NANOS_PER_SECOND / nanos;
    }

    private static String clock(double seconds) {
        long whole = Math.round(Math.max(0, seconds));
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
