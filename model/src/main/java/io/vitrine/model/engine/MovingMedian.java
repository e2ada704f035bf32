package io.vitrine.model.engine;

import java.util.Arrays;

/**
 * The median of the last few samples: follows a change within a few of them, and one that is far off, a first call or a
 * garbage collection, does not move it.
 */
final class MovingMedian {

    private static final int WINDOW = 5;

    private final double[] samples = new double[WINDOW];
    private final double[] sorted = new double[WINDOW];
    private int count;
    private int next;

    void add(double sample) {
        samples[next] = sample;
        next = (next + 1) % WINDOW;
        count = Math.min(count + 1, WINDOW);
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Of two in the middle the smaller. */
    double value() {
        if (count == 0) {
            throw new IllegalStateException("no samples");
        }
        System.arraycopy(samples, 0, sorted, 0, count);
        Arrays.sort(sorted, 0, count);
        return sorted[(count - 1) / 2];
    }
}
