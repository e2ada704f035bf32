package io.vitrine.model.engine;

import java.util.Set;

import io.vitrine.model.sampling.SamplingParams;
import org.jspecify.annotations.Nullable;

/**
 * One answer to generate.
 *
 * @param requestId names the request in reports; several sequences of one HTTP request share it
 * @param promptTokens at least one token
 * @param maxTokens most tokens to generate, at least 1
 * @param endOfTextIds tokens that end the answer; empty to run to {@code maxTokens}
 * @param minTokens until the answer has so many tokens, none that ends the text is drawn, unless a constraint leaves no
 *     other
 * @param constraint on the tokens of the answer; null for none
 * @param topLogprobs how many alternatives to report with each token's log-probability; -1 for no log-probabilities
 * @param promptLogprobs the same for each token of the prompt; what is taken from the prefix cache has none, so such a
 *     request needs a {@code cacheSalt} of its own
 * @param deadlineNanos on the engine's {@link NanoClock}; {@link Long#MAX_VALUE} for none
 * @param priority who comes first where not everyone can run
 * @param cacheSalt requests share computed prompts only with those that have the same, at most
 *     {@value #MAX_SALT_LENGTH} characters: a secret of the tenant's, or its name, lets no other tenant learn by timing what it
 *     asked; empty to share with everyone who has none
 */
public record GenerationRequest(
        String requestId,
        int[] promptTokens,
        int maxTokens,
        Set<Integer> endOfTextIds,
        int minTokens,
        @Nullable TokenConstraint constraint,
        SamplingParams sampling,
        int topLogprobs,
        int promptLogprobs,
        long deadlineNanos,
        PriorityClass priority,
        String cacheSalt) {

    /** No log-probabilities wanted. */
    public static final int NO_LOGPROBS = -1;

    private static final int MAX_SALT_LENGTH = 256;

    /** Without a constraint; the answer may end with its first token. */
    public GenerationRequest(
            String requestId,
            int[] promptTokens,
            int maxTokens,
            Set<Integer> endOfTextIds,
            SamplingParams sampling,
            int topLogprobs,
            long deadlineNanos,
            PriorityClass priority,
            String cacheSalt) {
        this(
                requestId,
                promptTokens,
                maxTokens,
                endOfTextIds,
                0,
                null,
                sampling,
                topLogprobs,
                NO_LOGPROBS,
                deadlineNanos,
                priority,
                cacheSalt);
    }

    public GenerationRequest {
        promptTokens = promptTokens.clone();
        endOfTextIds = Set.copyOf(endOfTextIds);
        if (promptTokens.length == 0) {
            throw new IllegalArgumentException("promptTokens must not be empty");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be >= 1: " + maxTokens);
        }
        if (minTokens < 0) {
            throw new IllegalArgumentException("minTokens must be >= 0: " + minTokens);
        }
        if (topLogprobs < NO_LOGPROBS) {
            throw new IllegalArgumentException("topLogprobs must be >= -1: " + topLogprobs);
        }
        if (promptLogprobs < NO_LOGPROBS) {
            throw new IllegalArgumentException("promptLogprobs must be >= -1: " + promptLogprobs);
        }
        if (cacheSalt.length() > MAX_SALT_LENGTH) {
            throw new IllegalArgumentException(
                    "cacheSalt must have at most " + MAX_SALT_LENGTH + " characters: " + cacheSalt.length());
        }
    }

    @Override
    public int[] promptTokens() {
        return promptTokens.clone();
    }

    /** The same with at most so many tokens of answer, at least 1. */
    public GenerationRequest withMaxTokens(int tokens) {
        return with(tokens, minTokens, constraint);
    }

    /** The same with a constraint. */
    public GenerationRequest withConstraint(TokenConstraint other) {
        return with(maxTokens, minTokens, other);
    }

    /** The same, with answers that have at least so many tokens. */
    public GenerationRequest withMinTokens(int tokens) {
        return with(maxTokens, tokens, constraint);
    }

    private GenerationRequest with(int most, int least, @Nullable TokenConstraint tokenConstraint) {
        return new GenerationRequest(
                requestId,
                promptTokens,
                most,
                endOfTextIds,
                least,
                tokenConstraint,
                sampling,
                topLogprobs,
                promptLogprobs,
                deadlineNanos,
                priority,
                cacheSalt);
    }

    /** Whether the log-probabilities of the prompt's own tokens are asked for. */
    public boolean scoresPrompt() {
        return promptLogprobs != NO_LOGPROBS;
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
