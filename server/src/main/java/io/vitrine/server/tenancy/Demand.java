package io.vitrine.server.tenancy;

import io.vitrine.tenants.cost.Usage;

/**
 * The most that a planned request can use.
 *
 * @param model whose prices count
 * @param worst all prompts, and the longest answers
 * @param answers to all prompts together, at least 1
 * @param fewestAnswerTokens of all answers together, that the request can be run with: those of {@code worst} if the
 *     client named the longest answer
 * @param limitField that the client bounds each answer with, as it spells it
 */
public record Demand(String model, Usage worst, int answers, long fewestAnswerTokens, String limitField) {

    /** Most tokens of each answer that leave the whole within {@code tokens}; below 1 if none do. */
    long answerTokensWithin(long tokens) {
        return answerTokensWithin(tokens, worst.promptTokens(), answers);
    }

    /** The same for a request that is not planned yet. */
    public static long answerTokensWithin(long tokens, long promptTokens, int answers) {
        return Math.floorDiv(tokens - promptTokens, answers);
    }

    /** Tokens that must be left for the request to run. */
    long fewestTokens() {
        return worst.promptTokens() + fewestAnswerTokens;
    }

    /** The same within {@code tokens}, which are not below {@link #fewestTokens}. */
    Demand within(long tokens) {
        return tokens >= worst.totalTokens()
                ? this
                : new Demand(
                        model,
                        withAnswersOf(answerTokensWithin(tokens)),
                        answers,
                        Math.min(fewestAnswerTokens, answerTokensWithin(tokens) * answers),
                        limitField);
    }

    /** The same with answers of so many tokens each. */
    Usage withAnswersOf(long tokens) {
        return new Usage(worst.promptTokens(), worst.cachedTokens(), tokens * answers);
    }
}
