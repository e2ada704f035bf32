package io.vitrine.server.api;

import java.util.List;
import java.util.Map;

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
     * @param stopReason the stop string that ended it; null for another end
     */
    public record Choice(
            int index,
            String text,
            @Nullable Logprobs logprobs,
            @Nullable String finishReason,
            @Nullable String stopReason) {}

    /**
     * Log-probabilities, one entry a token in each list.
     *
     * @param topLogprobs logarithms by the token's text; the token itself is always among them
     * @param textOffset where the token's text begins in the answer's, in UTF-16 units
     */
    public record Logprobs(
            List<String> tokens,
            List<Double> tokenLogprobs,
            List<Map<String, Double>> topLogprobs,
            List<Integer> textOffset) {}
}
