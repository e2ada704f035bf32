package io.vitrine.server.api;

/**
 * Token counts of a request.
 *
 * @param promptTokens of all its prompts, each counted once however many choices it has
 * @param completionTokens of all its choices
 */
public record Usage(int promptTokens, int completionTokens, int totalTokens, PromptTokensDetails promptTokensDetails) {

    /** Of the prompt tokens, those whose keys and values were already there. */
    public record PromptTokensDetails(int cachedTokens) {}

    public static Usage of(int promptTokens, int cachedTokens, int completionTokens) {
        return new Usage(
                promptTokens, completionTokens, promptTokens + completionTokens, new PromptTokensDetails(cachedTokens));
    }
}
