package io.vitrine.model.engine;

/**
 * What an answer took.
 *
 * @param promptTokens tokens of the prompt that were computed or found in the prefix cache: all of them once there is
 *     a token, none of a request that never had a slot, and as far as its chunks were complete where it ended within
 *     its prompt
 * @param cachedTokens of those, how many came from the prefix cache; what a preempted request finds there when it is
 *     computed again is not counted
 * @param generatedTokens tokens sampled, the one that ended the text included
 */
public record GenerationUsage(int promptTokens, int cachedTokens, int generatedTokens) {}
