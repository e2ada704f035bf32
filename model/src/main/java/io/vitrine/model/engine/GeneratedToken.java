package io.vitrine.model.engine;

import java.util.List;

/**
 * One sampled token.
 *
 * @param index of the token in the answer, from 0
 * @param logprob natural logarithm of the model's own probability (before temperature, penalties and bias); NaN if not asked for
 * @param top the most likely tokens with theirs, most likely first; empty if not asked for
 */
public record GeneratedToken(int tokenId, int index, float logprob, List<TokenLogprob> top) {

    /** A token and the logarithm of its probability. */
    public record TokenLogprob(int tokenId, float logprob) {}
}
