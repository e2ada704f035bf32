package io.vitrine.model.engine;

/**
 * What an answer took.
 *
 * @param promptTokens tokens of the prompt
 * @param cachedTokens of those, how many came from the prefix cache
 * @param generatedTokens tokens sampled, the one that ended the text included
 */
public record GenerationUsage(int promptTokens, int cachedTokens, int generatedTokens) {}
