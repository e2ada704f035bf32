package io.vitrine.model.weights;

/**
 * The shape of a decoder-only transformer, as {@code config.json} or GGUF metadata state it.
 *
 * @param layers number of transformer blocks
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward network
 * @param heads number of query heads
 * @param kvHeads number of key/value heads; divides {@code heads} (grouped-query attention)
 * @param headDim width of one head; even, since rotary embeddings turn pairs
 * @param vocabularySize number of rows of the embedding and of the head
 * @param contextLength longest sequence the model was trained for, in tokens
 * @param rmsNormEpsilon added to the mean square before the root
 * @param ropeTheta base of the rotary frequencies
 * @param tiedEmbeddings whether the head is the embedding matrix
 */
public record ModelConfig(
        Architecture architecture,
        int layers,
        int hiddenSize,
        int intermediateSize,
        int heads,
        int kvHeads,
        int headDim,
        int vocabularySize,
        int contextLength,
        double rmsNormEpsilon,
        double ropeTheta,
        RopeScaling ropeScaling,
        boolean tiedEmbeddings) {

    public ModelConfig {
        requirePositive("layers", layers);
        requirePositive("hiddenSize", hiddenSize);
        requirePositive("intermediateSize", intermediateSize);
        requirePositive("heads", heads);
        requirePositive("kvHeads", kvHeads);
        requirePositive("headDim", headDim);
        requirePositive("vocabularySize", vocabularySize);
        requirePositive("contextLength", contextLength);
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException("heads must be a multiple of kvHeads: " + heads + ", " + kvHeads);
        }
        if (headDim % 2 != 0) {
            throw new IllegalArgumentException("headDim must be even: " + headDim);
        }
        if (!(rmsNormEpsilon > 0)) {
            throw new IllegalArgumentException("rmsNormEpsilon must be > 0: " + rmsNormEpsilon);
        }
        if (!(ropeTheta > 0)) {
            throw new IllegalArgumentException("ropeTheta must be > 0: " + ropeTheta);
        }
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be > 0: " + value);
        }
    }
}
