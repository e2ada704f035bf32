package io.vitrine.model.sampling;

/** Changes logits by what the caller wants or the sequence already has. Pure: the row is changed in place. */
final class Penalties {

    private Penalties() {}

    /** Whether a token's logit depends on the tokens before. */
    static boolean any(SamplingParams params) {
        return repeats(params) || params.presencePenalty() != 0 || params.frequencyPenalty() != 0;
    }

    /** Whether tokens of the prompt matter too. */
    static boolean repeats(SamplingParams params) {
        return params.repetitionPenalty() != 1;
    }

    /** Adds {@code values[i]} to the logit of token {@code ids[i]}. */
    static void addBias(float[] logits, int[] ids, float[] values) {
        for (int i = 0; i < ids.length; i++) {
            logits[ids[i]] += values[i];
        }
    }

    /**
     * Repetition penalty (Keskar et al. 2019) of every token seen, then presence and frequency penalty of those in the answer.
     */
    static void apply(float[] logits, SamplingParams params, TokenCounts seen) {
        for (int place = 0; place < seen.size(); place++) {
            int token = seen.token(place);
            logits[token] = (float) penalised(logits[token], seen.answerCount(place), params);
        }
    }

    private static double penalised(double logit, int answerCount, SamplingParams params) {
        double result = logit > 0 ? logit / params.repetitionPenalty() : logit * params.repetitionPenalty();
        if (answerCount > 0) {
            result -= params.presencePenalty() + params.frequencyPenalty() * answerCount;
        }
        return result;
    }
}
