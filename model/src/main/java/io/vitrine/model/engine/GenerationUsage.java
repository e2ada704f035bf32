package io.vitrine.model.engine;

/**
 * What an answer took.
 *
 * @param promptTokens tokens of the prompt
 * @param cachedTokens of those, how many came from the prefix cache; what a preempted request finds there when it is computed
 *     again is not counted
 * @param generatedTokens tokens sampled, the one that ended the text included
 */
public record GenerationUsage(int promptTokens, int cachedTokens, int generatedTokens) {}
