package io.vitrine.server.http;

import java.util.Optional;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.tracing.TracingControl;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.TracingRulesBody;

/** Shows the rules of tracing, and changes them while the server runs. On the management port's event loop. */
final class TracingHandler {

    static final String PATH = "/api/telemetry/tracing";

    private static final int MAX_BODY_BYTES = 65_536;

    private final Optional<TracingControl> control;
    private final BodyReader bodies;

    TracingHandler(BodyReaders bodies, Optional<TracingControl> control) {
        this.control = control;
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
    }

    void show(RoutingContext context) {
        Responses.json(context.response(), 200, TracingRulesBody.of(required().rules()));
    }

    void change(RoutingContext context) {
        TracingControl rules = required();
        BodyReader.requireJson(context.request());
        bodies.read(context.request(), body -> Future.succeededFuture(changed(rules, body)))
                .onSuccess(body -> Responses.json(context.response(), 200, body))
                .onFailure(context::fail);
    }

    private static TracingRulesBody changed(TracingControl control, byte[] body) {
        control.change(TracingRulesBody.change(control.rules(), body));
        return TracingRulesBody.of(control.rules());
    }

    private TracingControl required() {
        return control.orElseThrow(
                () -> new ApiException(ErrorReason.NOT_FOUND, "traces are switched off (telemetry.traces.enabled)"));
    }
}
