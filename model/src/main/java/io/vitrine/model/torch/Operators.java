package io.vitrine.model.torch;

/** Which of libtorch's operators the model program calls where the fastest ones of a processor are its alone. */
enum Operators {
    /** oneDNN's and FBGEMM's linear layers; attention that reads KV pages in place. */
    CPU,
    /**
     * The same, but int8 layers of many rows are oneDNN's: it has the matrix tiles of a processor (AMX) compute them, FBGEMM has not. Keeps
     * the layers' weights a second time, as each library lays them out in its own way. Works without tiles too, but wins nothing.
     */
    CPU_TILES,
    /**
     * For a processor without the AVX512 instructions that {@link #CPU} takes for granted. bf16 layers are FBGEMM's: weights rounded to
     * bfloat16 and held in float16, activations and products in float32. int8 layers are FBGEMM's too, with scales so large that no two
     * products overflow the 16 bits in which it adds them without VNNI.
     */
    CPU_AVX2,
    /** Those that every device has: plain linear layers, and attention by matrix products over copies of the pages. */
    GPU;

    static Operators on(TorchDevice device, Precision precision, CpuFeatures cpu) {
        if (device.isCuda()) {
            return GPU;
        }
        return switch (precision) {
            case FLOAT32 -> CPU;
            case BF16 -> cpu.packsBf16() ? CPU : CPU_AVX2;
            case INT8 -> cpu.hasInt8Tiles() ? CPU_TILES : cpu.hasInt8DotProducts() ? CPU : CPU_AVX2;
        };
    }
}
