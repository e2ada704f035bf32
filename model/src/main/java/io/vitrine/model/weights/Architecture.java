package io.vitrine.model.weights;

/** The model families the decoder can run. */
public enum Architecture {
    /** Llama 2, Llama 3.x, SmolLM2. */
    LLAMA
}
