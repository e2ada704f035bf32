package io.vitrine.server.http;

import java.time.Duration;
import java.util.Optional;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.tracing.TracingControl;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.TracingRulesBody;

/** Shows the rules of tracing, and changes them while the server runs. On the management port's event loop. */
final class TracingHandler {

    static final String PATH = "/api/telemetry/tracing";

    private static final int MAX_BODY_BYTES = 65_536;
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

    private final Optional<TracingControl> control;
    private final BodyReader bodies;

    TracingHandler(Vertx vertx, Optional<TracingControl> control) {
        this.control = control;
        this.bodies = new BodyReader(vertx, MAX_BODY_BYTES, READ_TIMEOUT);
    }

    void show(RoutingContext context) {
        Responses.json(context.response(), 200, TracingRulesBody.of(required().rules()));
    }

    void change(RoutingContext context) {
        TracingControl rules = required();
        BodyReader.requireJson(context.request());
        bodies.read(context.request())
                .map(body -> changed(rules, body))
                .onSuccess(body -> Responses.json(context.response(), 200, body))
                .onFailure(context::fail);
    }

    private static TracingRulesBody changed(TracingControl control, Buffer body) {
        control.change(TracingRulesBody.change(control.rules(), body.getBytes()));
        return TracingRulesBody.of(control.rules());
    }

    private TracingControl required() {
        return control.orElseThrow(
                () -> new ApiException(ErrorReason.NOT_FOUND, "traces are switched off (telemetry.traces.enabled)"));
    }
}
