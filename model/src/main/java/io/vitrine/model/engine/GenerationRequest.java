package io.vitrine.model.engine;

import java.util.Set;

import io.vitrine.model.sampling.SamplingParams;

/**
 * One answer to generate.
 *
 * @param requestId names the request in reports; several sequences of one HTTP request share it
 * @param promptTokens at least one token
 * @param maxTokens most tokens to generate, at least 1
 * @param endOfTextIds tokens that end the answer; empty to run to {@code maxTokens}
 * @param topLogprobs how many alternatives to report with each token's log-probability; -1 for no log-probabilities
 * @param deadlineNanos on the engine's {@link NanoClock}; {@link Long#MAX_VALUE} for none
 */
public record GenerationRequest(
        String requestId,
        int[] promptTokens,
        int maxTokens,
        Set<Integer> endOfTextIds,
        SamplingParams sampling,
        int topLogprobs,
        long deadlineNanos) {

    /** No log-probabilities wanted. */
    public static final int NO_LOGPROBS = -1;

    public GenerationRequest {
        promptTokens = promptTokens.clone();
        endOfTextIds = Set.copyOf(endOfTextIds);
        if (promptTokens.length == 0) {
            throw new IllegalArgumentException("promptTokens must not be empty");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be >= 1: " + maxTokens);
        }
        if (topLogprobs < NO_LOGPROBS) {
            throw new IllegalArgumentException("topLogprobs must be >= -1: " + topLogprobs);
        }
    }

    @Override
    public int[] promptTokens() {
        return promptTokens.clone();
    }

    /** Tokens of the prompt. */
    public int promptLength() {
        return promptTokens.length;
    }

    /** The prompt without a copy; the engine reads it only. */
    int[] sharedPromptTokens() {
        return promptTokens;
    }
}
