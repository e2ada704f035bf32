package io.vitrine.server.http;

import java.util.function.BooleanSupplier;

import io.vitrine.observability.Route;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ChatRequest;
import io.vitrine.server.api.CompletionRequest;
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
record GenerationEndpoint(Route route, String idPrefix, Parser parser, Format format) {

    /** From body to request; takes time. */
    @FunctionalInterface
    interface Parser {
        /**
         * What the body asks for, not checked against the model yet.
         *
         * @param streamAsked is run if it asks for a stream, valid or not
         * @throws ApiException if it is no request of this route
         */
        Planner parse(byte[] body, Runnable streamAsked);
    }

    /** From request to plan; takes time. */
    @FunctionalInterface
    interface Planner {
        GenerationPlan plan(String requestId, Tenant tenant, BooleanSupplier abandoned);
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
                (body, streamAsked) -> {
                    ChatRequest request = parser.chat(body, streamAsked);
                    return (id, tenant, abandoned) -> planner.chat(request, id, tenant, abandoned);
                },
                ChatFormat::new);
    }

    static GenerationEndpoint completion(RequestParser parser, GenerationPlanner planner) {
        return new GenerationEndpoint(
                Route.COMPLETIONS,
                "cmpl-",
                (body, streamAsked) -> {
                    CompletionRequest request = parser.completion(body, streamAsked);
                    return (id, tenant, abandoned) -> planner.completion(request, id, tenant, abandoned);
                },
                CompletionFormat::new);
    }
}
