package io.vitrine.model.engine;

import java.util.List;

import io.vitrine.model.engine.GeneratedToken.TokenLogprob;

/**
 * A token of the prompt, as likely as the model found it after those before it.
 *
 * @param index of the token in the prompt, from 1: nothing comes before the first one
 * @param logprob natural logarithm of the model's own probability
 * @param rank among all tokens, 1 for the most likely one
 * @param top the most likely tokens with theirs, most likely first
 */
public record PromptToken(int tokenId, int index, float logprob, int rank, List<TokenLogprob> top) {

    public PromptToken {
        top = List.copyOf(top);
    }
}
