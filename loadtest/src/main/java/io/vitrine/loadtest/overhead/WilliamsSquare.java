package io.vitrine.loadtest.overhead;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Orders of treatments that are balanced for carry-over: over all sequences each treatment stands in each position
 * equally often, and follows each other one equally often (E. J. Williams, "Experimental designs balanced for the
 * estimation of residual effects of treatments", 1949). An odd number of treatments needs twice as many sequences.
 */
final class WilliamsSquare {

    private WilliamsSquare() {}

    /** Sequences of {@code 0 .. count - 1}; in the order of the construction. */
    static List<List<Integer>> sequences(int count) {
        if (count < 2) {
            throw new IllegalArgumentException("an order needs >= 2 arms: " + count);
        }
        List<Integer> first = zigzag(count);
        List<List<Integer>> sequences = new ArrayList<>();
        for (int shift = 0; shift < count; shift++) {
            List<Integer> sequence = new ArrayList<>();
            for (int treatment : first) {
                sequence.add((treatment + shift) % count);
            }
            sequences.add(sequence);
        }
        if (count % 2 == 1) {
            for (int shift = 0; shift < count; shift++) {
                List<Integer> reversed = new ArrayList<>(sequences.get(shift));
                Collections.reverse(reversed);
                sequences.add(reversed);
            }
        }
        return sequences;
    }

    /** 0, n-1, 1, n-2, …: neighbours differ by every distance once. */
    private static List<Integer> zigzag(int count) {
        List<Integer> order = new ArrayList<>();
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            order.add(low++);
            if (low <= high) {
                order.add(high--);
            }
        }
        return order;
    }

    /** The first {@code rows} sequences in a random order of the seed; beyond a whole square it begins again. */
    static List<List<Integer>> rows(int count, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Integer>> drawn = new ArrayList<>();
        while (drawn.size() < rows) {
            List<List<Integer>> square = new ArrayList<>(sequences(count));
            for (int index = square.size() - 1; index > 0; index--) {
                Collections.swap(square, index, random.nextInt(index + 1));
            }
            drawn.addAll(square);
        }
        return List.copyOf(drawn.subList(0, rows));
    }
}
