package io.vitrine.server.api;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

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
 * @param stop texts that end the answer before them
 * @param ignoreEndOfText whether to run on to {@code maxTokens}
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
        List<String> stop,
        boolean ignoreEndOfText,
        OptionalInt topLogprobs,
        StreamOptions stream) {

    public GenerationOptions {
        logitBias = Map.copyOf(logitBias);
        stop = List.copyOf(stop);
    }
}
