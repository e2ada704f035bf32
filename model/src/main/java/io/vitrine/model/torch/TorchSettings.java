package io.vitrine.model.torch;

/**
 * How the model is run.
 *
 * @param threads threads of one operator
 * @param contextLength longest sequence, in positions; at most what the model was trained for
 * @param kvPages KV pages for all sequences together
 */
public record TorchSettings(Precision precision, int threads, int contextLength, int kvPages) {

    /** Positions in a KV page. Measured: 64 reads fastest when pages lie scattered; 16, 32 and 128 are slower. */
    public static final int PAGE_POSITIONS = 64;

    public TorchSettings {
        requirePositive("threads", threads);
        requirePositive("contextLength", contextLength);
        requirePositive("kvPages", kvPages);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be >= 1: " + value);
        }
    }
}
