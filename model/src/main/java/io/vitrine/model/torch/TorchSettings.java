package io.vitrine.model.torch;

/**
 * How the model is run.
 *
 * @param precision on a GPU float32 or bf16
 * @param threads threads of one operator on the processor
 * @param contextLength longest sequence, in positions; at most what the model was trained for
 * @param kvPages KV pages for all sequences together
 * @param gatheredPositions positions of one prompt whose keys and values are kept together while it is computed; a
 *     chunk that reaches
 *     further has them copied in each step, layer by layer
 */
public record TorchSettings(
        TorchDevice device, Precision precision, int threads, int contextLength, int kvPages, int gatheredPositions) {

    /** Positions in a KV page. Measured: 64 reads fastest when pages lie scattered; 16, 32 and 128 are slower. */
    public static final int PAGE_POSITIONS = 64;

    public TorchSettings {
        if (device.isCuda() && precision == Precision.INT8) {
            throw new IllegalArgumentException(
                    "precision must be bf16 or float32 on " + device + ", int8 is for the processor: int8");
        }
        requirePositive("threads", threads);
        requirePositive("contextLength", contextLength);
        requirePositive("kvPages", kvPages);
        if (gatheredPositions < 0) {
            throw new IllegalArgumentException("gatheredPositions must be >= 0: " + gatheredPositions);
        }
    }

    /** A whole context gathered. */
    public TorchSettings(TorchDevice device, Precision precision, int threads, int contextLength, int kvPages) {
        this(device, precision, threads, contextLength, kvPages, contextLength + PAGE_POSITIONS);
    }

    /** On the processor, a whole context gathered. */
    public TorchSettings(Precision precision, int threads, int contextLength, int kvPages) {
        this(TorchDevice.CPU, precision, threads, contextLength, kvPages);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be >= 1: " + value);
        }
    }
}
