package io.vitrine.server.http;

import io.vitrine.observability.Route;
import io.vitrine.server.api.RequestParser;
import io.vitrine.server.inference.AnswerFormat;
import io.vitrine.server.inference.AnswerHead;
import io.vitrine.server.inference.ChatFormat;
import io.vitrine.server.inference.CompletionFormat;
import io.vitrine.server.inference.GenerationPlan;
import io.vitrine.server.inference.GenerationPlanner;
import io.vitrine.tenants.Tenant;

/**
 * What the two routes that generate text do differently.
 *
 * @param idPrefix of an answer's id
 */
record GenerationEndpoint(Route route, String idPrefix, Planner planner, Format format) {

    /** From body to plan; takes time. */
    @FunctionalInterface
    interface Planner {
        GenerationPlan plan(byte[] body, String requestId, Tenant tenant);
    }

    /** How the answer is written. */
    @FunctionalInterface
    interface Format {
        AnswerFormat of(AnswerHead head, GenerationPlan plan);
    }

    static GenerationEndpoint chat(RequestParser parser, GenerationPlanner planner) {
        return new GenerationEndpoint(
                Route.CHAT_COMPLETIONS,
                "chatcmpl-",
                (body, requestId, tenant) -> planner.chat(parser.chat(body), requestId, tenant),
                ChatFormat::new);
    }

    static GenerationEndpoint completion(RequestParser parser, GenerationPlanner planner) {
        return new GenerationEndpoint(
                Route.COMPLETIONS,
                "cmpl-",
                (body, requestId, tenant) -> planner.completion(parser.completion(body), requestId, tenant),
                CompletionFormat::new);
    }
}
