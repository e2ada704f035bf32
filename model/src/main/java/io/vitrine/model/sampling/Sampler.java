package io.vitrine.model.sampling;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * Draws the tokens of one sequence: holds its parameters, its random source and what the penalties must remember. The
 * source is the sequence's own and gives one number a drawn token, so an answer depends on its seed and not on what runs
 * beside it. One thread at a time.
 */
public final class Sampler {

    private final SamplingParams params;
    private final RandomGenerator random;
    private final int[] biasIds;
    private final float[] biasValues;
    /** What the sequence has; absent if nothing depends on it. */
    private final @Nullable TokenCounts seen;

    /**
     * For a new sequence.
     *
     * @param promptTokens read only here
     */
    public Sampler(SamplingParams params, int[] promptTokens) {
        this.params = params;
        this.random = new SplittableRandom(params.seed());
        this.biasIds = new int[params.logitBias().size()];
        this.biasValues = new float[biasIds.length];
        this.seen = Penalties.any(params) ? seenIn(promptTokens, params) : null;
        int i = 0;
        for (Map.Entry<Integer, Double> bias : params.logitBias().entrySet()) {
            biasIds[i] = bias.getKey();
            biasValues[i++] = bias.getValue().floatValue();
        }
    }

    private static TokenCounts seenIn(int[] promptTokens, SamplingParams params) {
        var seen = new TokenCounts();
        if (Penalties.repeats(params)) {
            for (int token : promptTokens) {
                seen.see(token);
            }
        }
        return seen;
    }

    /**
     * Draws the next token from the loaded row, which stays as it is, and remembers it as one of the answer.
     *
     * @throws UnusableLogitsException if there is nothing to draw; nothing is remembered then
     */
    public int sample(SamplerScratch scratch) {
        float[] logits = adjusted(scratch);
        int token = params.temperature() == 0 ? Logits.argmax(logits) : draw(logits, scratch);
        if (seen != null) {
            seen.count(token);
        }
        return token;
    }

    private float[] adjusted(SamplerScratch scratch) {
        if (biasIds.length == 0 && seen == null) {
            return scratch.row;
        }
        float[] adjusted = scratch.adjusted;
        System.arraycopy(scratch.row, 0, adjusted, 0, adjusted.length);
        Penalties.addBias(adjusted, biasIds, biasValues);
        if (seen != null) {
            Penalties.apply(adjusted, params, seen);
        }
        return adjusted;
    }

    private int draw(float[] logits, SamplerScratch scratch) {
        float max = Logits.max(logits);
        if (!truncates(logits.length)) {
            double total = Logits.weights(logits, max, params.temperature(), scratch.weights);
            return pick(scratch.weights, logits.length, total, random.nextDouble());
        }
        int count = Truncation.truncate(logits, max, params, scratch);
        double total = sum(scratch.weights, count);
        return Ranking.tokenId(scratch.keys[pick(scratch.weights, count, total, random.nextDouble())]);
    }

    private boolean truncates(int vocabularySize) {
        return Truncation.keepsTopK(params, vocabularySize) || params.topP() < 1 || params.minP() > 0;
    }

    private static double sum(double[] weights, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /**
     * The index that {@code uniform} falls on when the weights lie one after the other on a line of length {@code total}.
     * One of weight 0 is never picked.
     *
     * @param uniform in [0, 1)
     */
    static int pick(double[] weights, int count, double total, double uniform) {
        double left = uniform * total;
        int last = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                if (left < weights[i]) {
                    return i;
                }
                left -= weights[i];
                last = i;
            }
        }
        // Rounding may leave a trace of the line beyond its last piece.
        return last;
    }
}
