package io.vitrine.server.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What chat and plain completions can both ask for; within the API's and the configuration's limits, but not yet checked
 * against the model.
 *
 * @param maxTokens most tokens of each answer; empty leaves it to the server
 * @param maxTokensField that says so, or would: as the client spells it
 * @param choices answers to each prompt
 * @param topK 0 keeps all tokens
 * @param logitBias by token id
 * @param seed empty for one drawn by the server
 * @param minTokens nothing ends an answer before it has so many
 * @param ignoreEndOfText whether to run on to {@code maxTokens}
 * @param constraint on each answer; empty for none
 * @param topLogprobs alternatives to each token; empty for no log-probabilities at all
 */
public record GenerationOptions(
        OptionalInt maxTokens,
        String maxTokensField,
        int choices,
        double temperature,
        double topP,
        int topK,
        double minP,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> logitBias,
        OptionalLong seed,
        Stops stops,
        int minTokens,
        boolean ignoreEndOfText,
        Optional<StatedConstraint> constraint,
        OptionalInt topLogprobs,
        StreamOptions stream) {

    public GenerationOptions {
        logitBias = Map.copyOf(logitBias);
    }

    /**
     * What ends an answer besides the model.
     *
     * @param texts that end it where they appear
     * @param tokenIds that end it where one is drawn
     * @param included whether the answer's text has what ended it
     */
    public record Stops(List<String> texts, Set<Integer> tokenIds, boolean included) {

        public static final Stops NONE = new Stops(List.of(), Set.of(), false);

        public Stops {
            texts = List.copyOf(texts);
            tokenIds = Set.copyOf(tokenIds);
        }
    }
}
