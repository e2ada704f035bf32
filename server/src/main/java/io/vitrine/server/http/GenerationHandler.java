package io.vitrine.server.http;

import java.time.Instant;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.StreamOptions;
import io.vitrine.server.inference.AnswerFormat;
import io.vitrine.server.inference.AnswerHead;
import io.vitrine.server.inference.Generation;
import io.vitrine.server.inference.GenerationPlan;
import io.vitrine.server.inference.ServedModel;
import io.vitrine.tenants.Tenant;

/**
 * Answers {@code POST} to a route that generates text: admits the request by its head, reads the body, has it planned
 * on a worker (rendering and tokenising take time that grows with the prompt), reserves what it may need, then starts
 * the engine on it from the event loop.
 */
final class GenerationHandler implements Handler<RoutingContext> {

    private final Vertx vertx;
    private final GatewayParts parts;
    private final GenerationEndpoint endpoint;
    private final BodyReader bodies;
    private final RequestGate gate;
    private final RequestIds ids;
    private final CostHeader costs;

    GenerationHandler(
            BodyReaders bodies, GatewayParts parts, GenerationEndpoint endpoint, RequestGate gate, RequestIds ids) {
        this.vertx = bodies.vertx();
        this.parts = parts;
        this.endpoint = endpoint;
        this.gate = gate;
        this.ids = ids;
        this.costs = new CostHeader(parts.costHeader(), parts.tenancy().books());
        this.bodies = bodies.upTo(parts.http().maxBodyBytes());
    }

    @Override
    public void handle(RoutingContext context) {
        RequestLife life = RequestLife.of(context);
        Tenant tenant = RequestGate.tenant(context);
        gate.tellRates(tenant, context.response());
        BodyReader.requireJson(context.request());
        // Before the body: a server that cannot answer, and a tenant that may not ask, need no reading.
        parts.state().requireModel();
        gate.enter(tenant, life, context.response());
        life.bodyAwaited();
        bodies.read(context.request(), body -> {
                    life.bodyRead();
                    return plan(body, tenant, life);
                })
                .map(plan -> {
                    life.planned(plan);
                    start(plan, tenant, life, context.request());
                    return plan;
                })
                .onFailure(failure -> {
                    if (!context.response().closed()) {
                        context.fail(failure);
                    }
                });
    }

    /** On a worker; fails once the client has left, so that the memory of the body is given back. */
    private Future<GenerationPlan> plan(byte[] body, Tenant tenant, RequestLife life) {
        life.planningAwaited();
        FairPool.Job<GenerationPlan> job = parts.planning().submit(tenant.id(), work -> {
            life.planningStarted();
            return endpoint.parser().parse(body, life::streamAsked).plan(life.id(), tenant, work::abandoned);
        });
        life.planningStarts(job);
        return Future.fromCompletionStage(job.result(), vertx.getOrCreateContext());
    }

    private void start(GenerationPlan planned, Tenant tenant, RequestLife life, HttpServerRequest request) {
        if (request.response().closed()) {
            return;
        }
        life.modelChosen(planned.model().name());
        GenerationPlan plan = gate.reserve(planned, tenant, life, request.response());
        AnswerFormat format = endpoint.format().of(head(plan.model()), plan);
        Context owner = vertx.getOrCreateContext();
        new AnswerExchange(
                        life,
                        request.response(),
                        writer(plan, format, request),
                        costs,
                        reader -> new Generation(
                                plan,
                                life.trace(),
                                life.generationListeners(plan),
                                task -> owner.runOnContext(ignored -> task.run()),
                                reader))
                .start();
    }

    private AnswerHead head(ServedModel model) {
        return new AnswerHead(
                ids.fresh(endpoint.idPrefix()), Instant.now().getEpochSecond(), model.name(), model.fingerprint());
    }

    private AnswerWriter writer(GenerationPlan plan, AnswerFormat format, HttpServerRequest request) {
        StreamOptions stream = plan.options().stream();
        if (!stream.enabled()) {
            return new WholeAnswerWriter(
                    request.response(), format, plan.sequences().size(), parts.answerMemory());
        }
        return new StreamedAnswerWriter(request.response(), format, stream, plan.initialUsage(), () -> {
            costs.announce(request.response());
            return new EventStreamWriter(vertx, request, parts.http(), parts.answerMemory());
        });
    }
}
