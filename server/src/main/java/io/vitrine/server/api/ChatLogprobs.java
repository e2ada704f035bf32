package io.vitrine.server.api;

import java.util.List;

/** Log-probabilities of the tokens of a chat answer, or of one event's. */
public record ChatLogprobs(List<TokenLogprob> content) {}
