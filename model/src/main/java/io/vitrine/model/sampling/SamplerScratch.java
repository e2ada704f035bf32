package io.vitrine.model.sampling;

import java.nio.FloatBuffer;

/**
 * One row of logits and the working memory to draw from it, made once and used for one sequence after the other.
 * About 26 bytes a vocabulary entry. One thread.
 */
public final class SamplerScratch {

    /** What the model said. Read only, once loaded: log-probabilities are those before bias and penalties. */
    final float[] row;
    /** A copy with bias and penalties. */
    final float[] adjusted;

    final double[] weights;
    final long[] keys;
    /** See {@link ApproximateDraw}: sums of weights by id, and tokens by their distance to the best. */
    final double[] blockSums;

    final short[] buckets;
    final double[] bucketSums = new double[ApproximateDraw.BUCKETS];
    final int[] bucketCounts = new int[ApproximateDraw.BUCKETS];

    private final DrawableTokens drawable;
    private final AllowedTokens allowed;

    /** For a head of so many rows, all of them tokens. */
    public SamplerScratch(int vocabularySize) {
        this(DrawableTokens.all(vocabularySize));
    }

    /** For a head of which some rows may be no tokens. */
    public SamplerScratch(DrawableTokens drawable) {
        int vocabularySize = drawable.rowCount();
        this.drawable = drawable;
        allowed = new AllowedTokens(vocabularySize);
        row = new float[vocabularySize];
        adjusted = new float[vocabularySize];
        weights = new double[vocabularySize];
        keys = new long[vocabularySize];
        blockSums = new double[ApproximateDraw.blocks(vocabularySize)];
        buckets = new short[vocabularySize];
    }

    /**
     * Copies the row that begins at {@code index}, counted from the buffer's first element; the buffer's position
     * stays. Rows of the head that are no tokens are banned in the copy. All tokens are {@linkplain #allowed allowed}.
     *
     * @throws IndexOutOfBoundsException if the buffer ends before the row does
     */
    public void load(FloatBuffer logits, int index) {
        logits.get(index, row);
        drawable.mask(row);
        allowed.reset();
    }

    /** Which tokens may be drawn from the loaded row. */
    public AllowedTokens allowed() {
        return allowed;
    }

    /**
     * Log-probabilities of the loaded row, and its {@code topCount} most likely tokens.
     *
     * @throws UnusableLogitsException if they hold NaN or plus infinity
     */
    public LogProbabilities logProbabilities(int topCount) {
        return LogProbabilities.of(row, topCount, keys, weights);
    }
}
