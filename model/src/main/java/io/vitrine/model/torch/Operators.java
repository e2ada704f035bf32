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
    /** Those that every device has: plain linear layers, and attention by matrix products over copies of the pages. */
    GPU;

    static Operators on(TorchDevice device, CpuFeatures cpu) {
        if (device.isCuda()) {
            return GPU;
        }
        return cpu.hasInt8Tiles() ? CPU_TILES : CPU;
    }
}
