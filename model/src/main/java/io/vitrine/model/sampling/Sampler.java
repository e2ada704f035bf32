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

    /** Up to this many, the most likely tokens are found and sorted in less time than the whole row is weighed. */
    private static final int FEW = 512;

    /** A min-p from which on it leaves few. */
    private static final double LIKELY_ENOUGH = 0.001;

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
        remember(token);
        return token;
    }

    /**
     * The only token that may follow the loaded row, remembered as one of the answer; -1 if there are several.
     * Takes no number of the random source: what follows a forced token depends on that token alone.
     */
    public int sampleForced(SamplerScratch scratch) {
        int only = scratch.allowed().restricted() ? scratch.allowed().only() : -1;
        if (only >= 0) {
            remember(only);
        }
        return only;
    }

    private void remember(int token) {
        if (seen != null) {
            seen.count(token);
        }
    }

    private float[] adjusted(SamplerScratch scratch) {
        boolean restricted = scratch.allowed().restricted();
        if (biasIds.length == 0 && seen == null && !restricted) {
            return scratch.row;
        }
        float[] adjusted = scratch.adjusted;
        System.arraycopy(scratch.row, 0, adjusted, 0, adjusted.length);
        Penalties.addBias(adjusted, biasIds, biasValues);
        if (seen != null) {
            Penalties.apply(adjusted, params, seen);
        }
        if (restricted) {
            scratch.allowed().mask(adjusted);
        }
        return adjusted;
    }

    private int draw(float[] logits, SamplerScratch scratch) {
        float max = Logits.max(logits);
        double uniform = random.nextDouble();
        if (keepsFew(logits.length)) {
            return ExactDraw.draw(logits, max, params, uniform, scratch);
        }
        int token = ApproximateDraw.draw(logits, max, params, uniform, scratch);
        return token == ApproximateDraw.UNDECIDED ? ExactDraw.draw(logits, max, params, uniform, scratch) : token;
    }

    /** Whether so few are left that nothing is to be gained by weighing all first. */
    private boolean keepsFew(int vocabularySize) {
        return Truncation.keepsTopK(params, vocabularySize)
                ? params.topK() <= FEW
                : params.topP() == 1 && params.minP() >= LIKELY_ENOUGH;
    }
}
