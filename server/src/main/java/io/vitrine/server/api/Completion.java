package io.vitrine.server.api;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A whole plain completion, or one event of one: both have the same shape.
 *
 * @param usage null on events, unless the client asked for it
 */
public record Completion(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        @Nullable Usage usage) {

    public static final String OBJECT = "text_completion";

    /**
     * One answer, or what it gained.
     *
     * @param finishReason null on events but the last
     * @param stopReason the stop string, or the id of the stop token, that ended it; null for another end
     * @param promptLogprobs of the prompt's tokens by token id, null for the first; null if not asked for
     */
    public record Choice(
            int index,
            String text,
            @Nullable Logprobs logprobs,
            @Nullable String finishReason,
            @Nullable Object stopReason,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<@Nullable Map<String, PromptLogprob>> promptLogprobs) {

        /** Without log-probabilities of the prompt. */
        public Choice(
                int index,
                String text,
                @Nullable Logprobs logprobs,
                @Nullable String finishReason,
                @Nullable Object stopReason) {
            this(index, text, logprobs, finishReason, stopReason, null);
        }
    }

    /**
     * Log-probabilities, one entry a token in each list; null for the first token of an echoed prompt.
     *
     * @param topLogprobs logarithms by the token's text; the token itself is always among them
     * @param textOffset where the token's text begins in the answer's, in UTF-16 units
     */
    public record Logprobs(
            List<String> tokens,
            List<@Nullable Double> tokenLogprobs,
            List<@Nullable Map<String, Double>> topLogprobs,
            List<Integer> textOffset) {}
}
