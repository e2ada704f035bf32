package io.vitrine.model.weights;

import java.util.Arrays;

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
 * @param contextLength longest sequence the decoder runs as the model was trained to, in tokens. Where attention looks back on a
 *     sliding window only, this is the window: up to there it sees the same positions as attention without one, which is what
 *     the decoder computes
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
        requirePositive("rmsNormEpsilon", rmsNormEpsilon);
        requirePositive("ropeTheta", ropeTheta);
        if (ropeScaling instanceof RopeScaling.PerFrequency scaling
                && scaling.divisors().size() != headDim / 2) {
            throw new IllegalArgumentException("rotary scaling must have a divisor for each of " + headDim / 2
                    + " frequencies, has " + scaling.divisors().size());
        }
    }

    /** By how many radians a position each pair of a head's dimensions turns, scaling included: {@code headDim / 2} values. */
    public double[] rotaryFrequencies() {
        double[] frequencies = new double[headDim / 2];
        Arrays.setAll(
                frequencies, pair -> ropeScaling.scaledFrequency(pair, Math.pow(ropeTheta, -2.0 * pair / headDim)));
        return frequencies;
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be > 0: " + value);
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + " must be > 0 and finite: " + value);
        }
    }
}
