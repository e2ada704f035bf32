package io.vitrine.server.http;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.FeedbackGiven;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.FeedbackBody;
import io.vitrine.server.tenancy.ServedQuality;
import io.vitrine.store.ledger.CostEntry;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.quality.Feedback;

/** Takes what somebody thinks of an answer: {@code POST /v1/feedback}. On the request's event loop; the ledger on a worker. */
final class FeedbackHandler implements Handler<RoutingContext> {

    private static final int MAX_BODY_BYTES = 16 * 1_024;

    private final GatewayParts parts;
    private final BodyReader bodies;

    FeedbackHandler(BodyReaders bodies, GatewayParts parts) {
        this.parts = parts;
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
    }

    @Override
    public void handle(RoutingContext context) {
        RequestLife life = RequestLife.of(context);
        Tenant tenant = RequestGate.tenant(context);
        BodyReader.requireJson(context.request());
        life.bodyAwaited();
        bodies.read(context.request(), body -> {
                    life.bodyRead();
                    Feedback feedback = FeedbackBody.parse(body, Instant.now());
                    return Future.fromCompletionStage(
                                    parts.planning()
                                            .submit(tenant.id(), () -> rate(tenant, feedback))
                                            .result(),
                                    Vertx.currentContext())
                            .onSuccess(rated -> {
                                life.feedbackGiven(given(rated, feedback));
                                Responses.json(context.response(), 200, answer(tenant, rated, feedback));
                            });
                })
                .onFailure(context::fail);
    }

    private CostEntry rate(Tenant tenant, Feedback feedback) {
        return parts.tenancy()
                .quality()
                .rate(tenant, feedback)
                .orElseThrow(() -> new ApiException(
                        ErrorReason.NOT_FOUND,
                        "there is no request with this id that was answered, or it was not yours",
                        "request_id",
                        "request_not_found"));
    }

    private static FeedbackGiven given(CostEntry rated, Feedback feedback) {
        return new FeedbackGiven(
                rated.requestId(), rated.modelName(), Optional.ofNullable(rated.traceId()), feedback.score());
    }

    private static Map<String, Object> answer(Tenant tenant, CostEntry rated, Feedback feedback) {
        return Map.of(
                "object", "feedback",
                "request_id", rated.requestId(),
                "model", rated.modelName(),
                "score", feedback.score(),
                "comment_kept", feedback.comment().isPresent() && ServedQuality.keepsComments(tenant));
    }
}
