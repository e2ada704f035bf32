package io.vitrine.server.http;

import java.util.function.BooleanSupplier;

import io.vitrine.observability.Route;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ChatRequest;
import io.vitrine.server.api.CompletionRequest;
import io.vitrine.server.api.GenerationOptions;
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
         * Parses a body.
         *
         * @throws ApiException if it is no request of this route
         */
        Parsed parse(byte[] body);
    }

    /** A request that says what it wants, and is not checked against the model yet. */
    record Parsed(GenerationOptions options, Planner planner) {

        GenerationPlan plan(String requestId, Tenant tenant, BooleanSupplier abandoned) {
            return planner.plan(requestId, tenant, abandoned);
        }
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
                body -> {
                    ChatRequest request = parser.chat(body);
                    return new Parsed(request.options(), (id, tenant, gone) -> planner.chat(request, id, tenant, gone));
                },
                ChatFormat::new);
    }

    static GenerationEndpoint completion(RequestParser parser, GenerationPlanner planner) {
        return new GenerationEndpoint(
                Route.COMPLETIONS,
                "cmpl-",
                body -> {
                    CompletionRequest request = parser.completion(body);
                    return new Parsed(
                            request.options(), (id, tenant, gone) -> planner.completion(request, id, tenant, gone));
                },
                CompletionFormat::new);
    }
}
