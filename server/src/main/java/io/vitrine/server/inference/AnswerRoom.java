package io.vitrine.server.inference;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.GenerationOptions;
import io.vitrine.tenants.TenantLimits;

/** How long prompts and answers may be: within the model's context and a tenant's limits. */
record AnswerRoom(int contextLength, TenantLimits limits) {

    /**
     * Requires that a prompt of at least {@code fewestTokens} leaves room for an answer: to be asked before it is
     * tokenised.
     *
     * @throws ApiException if it cannot fit
     */
    void requireRoom(long fewestTokens) {
        if (fewestTokens >= context()) {
            throw tooLong("the prompt has at least " + fewestTokens, fewestTokens);
        }
    }

    /**
     * Most tokens of each answer to a prompt.
     *
     * @param otherwise if the request says nothing, and there is room
     * @param rateRoom what the tenant's tokens a minute leave each answer of the request; below 1 for nothing: it is
     *     refused later
     * @throws ApiException if there is no room
     */
    int maxTokens(int promptTokens, GenerationOptions options, int otherwise, long rateRoom) {
        long room = context() - promptTokens;
        if (room < 1) {
            throw tooLong("the prompt has " + promptTokens, promptTokens);
        }
        if (options.maxTokens().isPresent()) {
            return asked(promptTokens, room, options.maxTokens().getAsInt(), options.maxTokensField());
        }
        long most = Math.min(Math.min(room, limits.outputTokens()), otherwise);
        return (int) Math.min(most, Math.max(1, rateRoom));
    }

    private int asked(int promptTokens, long room, int asked, String field) {
        if (asked > limits.outputTokens()) {
            throw ApiException.invalid(
                    field,
                    field + " must not be above the tenant's limit of " + limits.outputTokens()
                            + " tokens of one answer: " + asked);
        }
        if (asked > room) {
            throw ApiException.tooLong(
                    "the prompt has " + promptTokens + " tokens and " + field + " is " + asked
                            + "; together that is more than " + contextInWords(),
                    promptTokens,
                    context());
        }
        return asked;
    }

    private ApiException tooLong(String prompt, long promptTokens) {
        return ApiException.tooLong(
                prompt + " tokens; with at least one for the answer that is more than " + contextInWords(),
                promptTokens,
                context());
    }

    private long context() {
        return Math.min(contextLength, limits.contextTokens());
    }

    private String contextInWords() {
        return limits.contextTokens() < contextLength
                ? "the tenant's context of " + limits.contextTokens() + " tokens"
                : "the model's context of " + contextLength + " tokens";
    }
}
