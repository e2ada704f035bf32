package io.vitrine.alerting.series;

import java.util.Arrays;

/**
 * Samples of one series in the order of their times. A NaN with {@link #STALE} bits says that a scrape no longer had
 * the series. Not thread-safe.
 */
public final class Points {

    /** Prometheus's stale marker: a NaN that no measurement yields. */
    static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);

    private static final int INITIAL_CAPACITY = 16;

    private long[] millis = new long[INITIAL_CAPACITY];
    private double[] values = new double[INITIAL_CAPACITY];
    private int start;
    private int count;

    void add(long atMillis, double value) {
        if (count > 0 && atMillis <= millis(count - 1)) {
            throw new IllegalArgumentException("samples must come in order: " + atMillis);
        }
        if (count == millis.length) {
            grow();
        }
        int index = (start + count) % millis.length;
        millis[index] = atMillis;
        values[index] = value;
        count++;
    }

    private void grow() {
        int capacity = millis.length * 2;
        long[] biggerMillis = new long[capacity];
        double[] biggerValues = new double[capacity];
        for (int index = 0; index < count; index++) {
            biggerMillis[index] = millis(index);
            biggerValues[index] = value(index);
        }
        millis = biggerMillis;
        values = biggerValues;
        start = 0;
    }

    /** Forgets samples before that time. */
    void dropBefore(long atMillis) {
        while (count > 0 && millis(0) < atMillis) {
            start = (start + 1) % millis.length;
            count--;
        }
    }

    /** Number of samples, stale markers included. */
    public int count() {
        return count;
    }

    /** Time of a sample, from 0. */
    public long millis(int index) {
        return millis[(start + index) % millis.length];
    }

    /** Value of a sample, from 0. */
    public double value(int index) {
        return values[(start + index) % millis.length];
    }

    /** Index of the first sample later than that time; {@link #count} if there is none. */
    int firstAfter(long atMillis) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (millis(middle) > atMillis) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The samples later than {@code from} and not later than {@code to}, without stale markers. */
    Points between(long from, long to) {
        Points selected = new Points();
        for (int index = firstAfter(from); index < count && millis(index) <= to; index++) {
            if (!isStale(value(index))) {
                selected.add(millis(index), value(index));
            }
        }
        return selected;
    }

    static boolean isStale(double value) {
        return Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits(STALE);
    }

    @Override
    public String toString() {
        return Arrays.toString(java.util.stream.IntStream.range(0, count)
                .mapToObj(index -> millis(index) + "=" + value(index))
                .toArray());
    }
}
