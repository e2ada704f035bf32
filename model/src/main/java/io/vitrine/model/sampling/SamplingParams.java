package io.vitrine.model.sampling;

import java.util.Map;

/**
 * How the next token is drawn. Applied in this order: logit bias, repetition penalty, presence and frequency penalty,
 * the mask of a constraint, temperature, top-k, top-p, min-p.
 *
 * @param temperature 0 is greedy
 * @param topK the k most likely tokens stay; 0 keeps all
 * @param topP the fewest most likely tokens whose probability reaches this stay; 1 keeps all
 * @param minP tokens at least this fraction as likely as the most likely one stay; 0 keeps all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in prompt or answer; 1 is off
 * @param presencePenalty subtracted once from the logit of each token the answer already has
 * @param frequencyPenalty subtracted for each time the answer has the token
 * @param logitBias added to the logit, by token id; minus infinity bans a token, and -100 does in effect
 * @param seed makes the answer repeatable
 */
public record SamplingParams(
        double temperature,
        int topK,
        double topP,
        double minP,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> logitBias,
        long seed) {

    /** The most likely token, always. */
    public static final SamplingParams GREEDY = new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 0);

    public SamplingParams {
        require(temperature >= 0 && Double.isFinite(temperature), "temperature must be >= 0", temperature);
        require(topK >= 0, "topK must be >= 0", topK);
        require(topP > 0 && topP <= 1, "topP must be in (0, 1]", topP);
        require(minP >= 0 && minP <= 1, "minP must be in [0, 1]", minP);
        require(
                repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
                "repetitionPenalty must be > 0",
                repetitionPenalty);
        require(Double.isFinite(presencePenalty), "presencePenalty must be finite", presencePenalty);
        require(Double.isFinite(frequencyPenalty), "frequencyPenalty must be finite", frequencyPenalty);
        logitBias = Map.copyOf(logitBias);
        for (double bias : logitBias.values()) {
            require(bias < Double.POSITIVE_INFINITY, "logitBias must be below infinity", bias);
        }
    }

    private static void require(boolean holds, String rule, Number value) {
        if (!holds) {
            throw new IllegalArgumentException(rule + ": " + value);
        }
    }
}
