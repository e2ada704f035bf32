package io.vitrine.model.sampling;

import java.nio.FloatBuffer;

/**
 * One row of logits and the working memory to draw from it, made once and used for one sequence after the other.
 * About 28 bytes a vocabulary entry. One thread.
 */
public final class SamplerScratch {

    /** What the model said. Read only, once loaded: log-probabilities are those before bias and penalties. */
    final float[] row;
    /** A copy with bias and penalties. */
    final float[] adjusted;

    final double[] weights;
    final long[] keys;

    public SamplerScratch(int vocabularySize) {
        if (vocabularySize < 1) {
            throw new IllegalArgumentException("vocabularySize must be >= 1: " + vocabularySize);
        }
        row = new float[vocabularySize];
        adjusted = new float[vocabularySize];
        weights = new double[vocabularySize];
        keys = new long[vocabularySize];
    }

    /**
     * Copies the row that begins at {@code index}, counted from the buffer's first element; the buffer's position stays.
     *
     * @throws IndexOutOfBoundsException if the buffer ends before the row does
     */
    public void load(FloatBuffer logits, int index) {
        logits.get(index, row);
    }

    /**
     * Log-probabilities of the loaded row, and its {@code topCount} most likely tokens.
     *
     * @throws UnusableLogitsException if they hold NaN or plus infinity
     */
    public LogProbabilities logProbabilities(int topCount) {
        return LogProbabilities.of(row, topCount, keys);
    }
}
