package io.vitrine.model.torch;

/** In which numbers the linear layers are computed; everything between them is float32. */
public enum Precision {
    /** Weights and products in float32; KV pages too. The reference the others are held to. */
    FLOAT32("float32"),
    /** Weights and products in bfloat16, sums in float32; KV pages in float16. */
    BF16("bf16"),
    /** Weights in int8 with a scale per output, activations with a scale per row; KV pages in float16. */
    INT8("int8");

    private final String word;

    Precision(String word) {
        this.word = word;
    }

    /** The word in configuration and in the model program. */
    public String word() {
        return word;
    }

    /** Bytes of one number in a KV page. */
    public int kvBytes() {
        return this == FLOAT32 ? Float.BYTES : Short.BYTES;
    }

    /**
     * The fastest precision this processor has instructions for: int8 needs VNNI, bf16 its own; a processor with neither is
     * faster in float32, because libtorch emulates the others.
     */
    public static Precision fastestFor(CpuFeatures cpu) {
        if (cpu.hasInt8DotProducts()) {
            return INT8;
        }
        return cpu.hasBf16DotProducts() ? BF16 : FLOAT32;
    }
}
