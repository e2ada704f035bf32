package io.vitrine.model.torch;

import java.util.Optional;

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
     * The fastest precision this processor has instructions for: int8 needs AVX512-VNNI, bf16 its own; a processor with neither
     * computes in float32, since the others gain less there than they lose in accuracy.
     */
    public static Precision fastestFor(CpuFeatures cpu) {
        if (cpu.hasInt8DotProducts()) {
            return INT8;
        }
        return cpu.hasBf16DotProducts() ? BF16 : FLOAT32;
    }

    /** Why {@link #fastestFor} chooses this precision on that processor, for a log line. */
    public static String whyFastestFor(CpuFeatures cpu) {
        return switch (fastestFor(cpu)) {
            case INT8 -> "AVX512-VNNI";
            case BF16 -> "bfloat16 dot products, no AVX512-VNNI";
            case FLOAT32 -> "no AVX512-VNNI, no bfloat16 dot products";
        };
    }

    /** How this precision is computed on a processor that lacks its instructions, for a log line; empty on one that has them. */
    public Optional<String> fallbackOn(CpuFeatures cpu) {
        if (Operators.on(TorchDevice.CPU, this, cpu) != Operators.CPU_AVX2) {
            return Optional.empty();
        }
        return Optional.of(
                this == INT8
                        ? "no AVX512-VNNI: coarser scales where sums of two products exceed 16 bits"
                        : "no AVX512: products in float32");
    }
}
