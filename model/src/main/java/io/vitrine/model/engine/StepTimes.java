package io.vitrine.model.engine;

import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What steps take, by how many tokens they compute: the median of the last steps of each power of two. Engine thread
 * only.
 *
 * <p>A kind that no step had yet takes the value of the next smaller one in proportion to the tokens, which is too much
 * rather than too little as a step has fixed costs; if there is none, that of the next larger one.
 */
final class StepTimes {

    private static final int KINDS = Integer.SIZE;

    private final MovingMedian[] byKind =
            IntStream.range(0, KINDS).mapToObj(kind -> new MovingMedian()).toArray(MovingMedian[]::new);

    void add(int tokens, long nanos) {
        byKind[kind(tokens)].add((double) nanos);
    }

    /** Empty until a step has ended. */
    OptionalLong usualNanos(int tokens) {
        int kind = kind(tokens);
        for (int smaller = kind; smaller >= 0; smaller--) {
            if (!byKind[smaller].isEmpty()) {
                return OptionalLong.of((long) (byKind[smaller].value() * (1L << (kind - smaller))));
            }
        }
        for (int larger = kind + 1; larger < KINDS; larger++) {
            if (!byKind[larger].isEmpty()) {
                return OptionalLong.of((long) byKind[larger].value());
            }
        }
        return OptionalLong.empty();
    }

    private static int kind(int tokens) {
        return KINDS - 1 - Integer.numberOfLeadingZeros(Math.max(1, tokens));
    }
}
