package io.vitrine.server.inference;

import java.util.Map;

import io.vitrine.server.api.PromptLogprob;
import io.vitrine.server.api.TokenLogprob;
import org.jspecify.annotations.Nullable;

/**
 * A token of a prompt with its log-probability and place.
 *
 * @param text its own
 * @param logprob null for the first token, which nothing comes before
 * @param listed it and the likeliest tokens, by token id; empty for the first
 * @param textOffset where its text begins in the prompt's, in UTF-16 units
 */
public record PromptScore(
        String text, @Nullable TokenLogprob logprob, Map<String, PromptLogprob> listed, int textOffset) {}
