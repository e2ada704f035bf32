package io.vitrine.model.weights;

/** How rotary frequencies are stretched for contexts longer than the ones the model was first trained on. */
public sealed interface RopeScaling {

    /** Frequencies as they are. */
    record None() implements RopeScaling {}

    /** Position interpolation: every frequency divided by {@code factor}. */
    record Linear(double factor) implements RopeScaling {}

    /**
     * Llama 3.1's scaling: low frequencies divided by {@code factor}, high ones kept, a smooth ramp between
     * (as {@code transformers} computes {@code rope_type: llama3}).
     *
     * @param originalContextLength context length before the extension, in tokens
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContextLength)
            implements RopeScaling {}
}
