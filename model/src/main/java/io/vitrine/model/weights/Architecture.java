package io.vitrine.model.weights;

/** The model families the decoder can run, and in what they differ from Llama. */
public enum Architecture {
    /** Llama 2, Llama 3.x, SmolLM2; in GGUF files Mistral as well. */
    LLAMA(false, false),
    /** Mistral 7B and its kin: Llama's layers; in some, attention looks back on a window only, see {@link ModelConfig}. */
    MISTRAL(false, false),
    /** Qwen2, Qwen2.5. */
    QWEN2(true, false),
    /** Qwen3, dense. */
    QWEN3(false, true);

    private final boolean qkvBias;
    private final boolean qkNorm;

    Architecture(boolean qkvBias, boolean qkNorm) {
        this.qkvBias = qkvBias;
        this.qkNorm = qkNorm;
    }

    /** Whether a bias is added to queries, keys and values; the other linear layers never have one. */
    public boolean qkvBias() {
        return qkvBias;
    }

    /** Whether each head's query and key go through an RMSNorm of their own before they are turned. */
    public boolean qkNorm() {
        return qkNorm;
    }
}
