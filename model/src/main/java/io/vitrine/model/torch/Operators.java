package io.vitrine.model.torch;

/** Which of libtorch's operators the model program calls where the fastest ones of a processor are its alone. */
enum Operators {
    /** oneDNN's and FBGEMM's linear layers; attention that reads KV pages in place. */
    CPU,
    /** Those that every device has: plain linear layers, and attention by matrix products over copies of the pages. */
    GPU;

    static Operators on(TorchDevice device) {
        return device.isCuda() ? GPU : CPU;
    }
}
