package io.vitrine.gpu.advice;

import java.util.Map;

/**
 * One recommendation, with the numbers it stands on.
 *
 * @param kind what sort
 * @param sentence for a person
 * @param numbers by name; ratios 0 to 1
 */
public record CapacityAdvice(Kind kind, String sentence, Map<String, Double> numbers) {

    /** What is recommended. */
    public enum Kind {
        /** There is not an hour of history. */
        WAIT,
        /** Fewer or smaller GPUs. */
        SCALE_DOWN,
        /** More sequences at once on the same GPU. */
        ADD_SLOTS,
        /** More GPUs. */
        SCALE_UP,
        /** Memory is left for more or larger. */
        USE_MEMORY,
        /** Memory is short. */
        SAVE_MEMORY,
        /** The power limit holds the clocks. */
        RAISE_POWER_LIMIT,
        /** Heat holds the clocks. */
        COOL,
        /** As it should be. */
        KEEP
    }

    /** Copies the map. */
    public CapacityAdvice {
        numbers = Map.copyOf(numbers);
    }
}
