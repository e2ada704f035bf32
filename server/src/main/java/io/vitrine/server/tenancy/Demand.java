package io.vitrine.server.tenancy;

import io.vitrine.tenants.cost.Usage;

/**
 * The most that a planned request can use.
 *
 * @param model whose prices count
 * @param worst all prompts, and the longest answers
 * @param answers to all prompts together, at least 1
 * @param limitField that the client bounds each answer with, as it spells it
 */
public record Demand(String model, Usage worst, int answers, String limitField) {

    /** Most tokens of each answer that leave the whole within {@code tokens}; below 1 if none do. */
    long answerTokensWithin(long tokens) {
        return answerTokensWithin(tokens, worst.promptTokens(), answers);
    }

    /** The same for a request that is not planned yet. */
    public static long answerTokensWithin(long tokens, long promptTokens, int answers) {
        return Math.floorDiv(tokens - promptTokens, answers);
    }

    /** The same with answers of so many tokens each. */
    Usage withAnswersOf(long tokens) {
        return new Usage(worst.promptTokens(), worst.cachedTokens(), tokens * answers);
    }
}
