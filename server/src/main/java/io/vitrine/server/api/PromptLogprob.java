package io.vitrine.server.api;

/**
 * How likely a token was at a place of the prompt, as vLLM writes it.
 *
 * @param rank among all tokens, 1 for the most likely one
 * @param decodedToken its text; half a character shows as U+FFFD
 */
public record PromptLogprob(double logprob, int rank, String decodedToken) {}
