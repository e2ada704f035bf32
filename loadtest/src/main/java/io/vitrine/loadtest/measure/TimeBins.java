package io.vitrine.loadtest.measure;

import java.util.Arrays;

/** Amounts by time, in bins of a millisecond from the start of the run. */
public final class TimeBins {

    private static final long BIN_NANOS = 1_000_000;

    private final long startNanos;
    private float[] amounts = new float[1024];
    private int length;

    public TimeBins(long startNanos) {
        this.startNanos = startNanos;
    }

    public void add(long atNanos, double amount) {
        int bin = bin(atNanos);
        if (bin >= amounts.length) {
            amounts = Arrays.copyOf(amounts, Math.max(bin + 1, 2 * amounts.length));
        }
        amounts[bin] += (float) amount;
        length = Math.max(length, bin + 1);
    }

    public void addAll(TimeBins others) {
        for (int bin = 0; bin < others.length; bin++) {
            if (others.amounts[bin] != 0) {
                add(others.startNanos + bin * BIN_NANOS, others.amounts[bin]);
            }
        }
    }

    /** The sum from one time up to another, to the millisecond. */
    public double sum(long fromNanos, long toNanos) {
        double sum = 0;
        int last = Math.min(length, bin(toNanos));
        for (int bin = bin(fromNanos); bin < last; bin++) {
            sum += amounts[bin];
        }
        return sum;
    }

    private int bin(long atNanos) {
        return (int) Math.max(0, (atNanos - startNanos) / BIN_NANOS);
    }
}
