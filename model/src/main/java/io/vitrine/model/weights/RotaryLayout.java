package io.vitrine.model.weights;

/** Which two rows of Q and K, within a head, form a pair that the rotary embedding turns. */
public enum RotaryLayout {
    /** Rows {@code 2i} and {@code 2i + 1}: GGUF files of Llama models, whose converter permutes them. */
    INTERLEAVED,
    /** Rows {@code i} and {@code i + headDim / 2}: Hugging Face checkpoints, GGUF files of other models. */
    HALVES
}
