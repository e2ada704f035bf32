package io.vitrine.server.inference;

import java.util.OptionalInt;

import io.vitrine.server.api.ApiException;
import io.vitrine.tenants.TenantLimits;

/** How long an answer may be: within the model's context and its tenant's limits. */
record AnswerRoom(int contextLength, TenantLimits limits) {

    /**
     * Most tokens of the answer to a prompt.
     *
     * @param asked what the request says
     * @param otherwise if it says nothing, and there is room
     * @throws ApiException if there is no room
     */
    int maxTokens(int promptTokens, OptionalInt asked, int otherwise) {
        long room = context() - promptTokens;
        if (room < 1) {
            throw GenerationPlanner.tooLong("the prompt has " + promptTokens
                    + " tokens; with at least one for the answer that is more than " + contextInWords());
        }
        if (asked.isPresent() && asked.getAsInt() > limits.outputTokens()) {
            throw ApiException.invalid(
                    "max_tokens",
                    "max_tokens must not be above the tenant's limit of " + limits.outputTokens()
                            + " tokens of one answer: " + asked.getAsInt());
        }
        if (asked.orElse(0) > room) {
            throw GenerationPlanner.tooLong("the prompt has " + promptTokens + " tokens and max_tokens is "
                    + asked.getAsInt() + "; together that is more than " + contextInWords());
        }
        return asked.orElse((int) Math.min(Math.min(room, limits.outputTokens()), otherwise));
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
