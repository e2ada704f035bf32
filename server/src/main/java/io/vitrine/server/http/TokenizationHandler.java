package io.vitrine.server.http;

import java.util.function.BiFunction;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.inference.ServedModel;
import io.vitrine.tenants.Tenant;

/**
 * Answers {@code POST} to {@code /tokenize} and {@code /detokenize}: admits the request by its head as any other, reads
 * the
 * body, and does the work on a worker, since it takes time that grows with the text.
 */
final class TokenizationHandler implements Handler<RoutingContext> {

    /** From a body to the answer's record; takes time. */
    @FunctionalInterface
    interface Work extends BiFunction<byte[], Tenant, Object> {}

    private final GatewayParts parts;
    private final BodyReader bodies;
    private final RequestGate gate;
    private final Work work;

    TokenizationHandler(BodyReaders bodies, GatewayParts parts, RequestGate gate, Work work) {
        this.parts = parts;
        this.bodies = bodies.upTo(parts.http().maxBodyBytes());
        this.gate = gate;
        this.work = work;
    }

    @Override
    public void handle(RoutingContext context) {
        RequestLife life = RequestLife.of(context);
        Tenant tenant = RequestGate.tenant(context);
        BodyReader.requireJson(context.request());
        ServedModel model = parts.state().requireModel();
        gate.enter(tenant, life, context.response());
        life.modelChosen(model.name());
        life.bodyAwaited();
        bodies.read(context.request(), body -> {
                    life.bodyRead();
                    return Future.fromCompletionStage(
                                    parts.planning()
                                            .submit(tenant.id(), () -> work.apply(body, tenant))
                                            .result(),
                                    Vertx.currentContext())
                            .onSuccess(answer -> Responses.json(context.response(), 200, answer));
                })
                .onFailure(failure -> {
                    if (!context.response().closed()) {
                        context.fail(failure);
                    }
                });
    }
}
