package io.vitrine.server.inference;

import io.vitrine.server.api.TokenLogprob;

/**
 * A token with its log-probability and its place.
 *
 * @param textOffset where its text begins in the choice's text, in UTF-16 units
 */
public record ScoredToken(TokenLogprob logprob, int textOffset) {}
