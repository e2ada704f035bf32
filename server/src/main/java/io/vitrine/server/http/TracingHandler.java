package io.vitrine.server.http;

import java.util.Optional;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.tracing.TracingControl;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.TracingRulesBody;
import io.vitrine.server.config.ServerConfig.HttpConfig;

/** Shows the rules of tracing, and changes them while the server runs. On the management port's event loop. */
final class TracingHandler {

    private static final String PATH = "/api/telemetry/tracing";

    private final Optional<TracingControl> control;
    private final BodyReader bodies;

    TracingHandler(Vertx vertx, Optional<TracingControl> control, HttpConfig http) {
        this.control = control;
        this.bodies = new BodyReader(vertx, http.maxBodyBytes(), http.requestReadTimeout());
    }

    void addTo(Router router) {
        router.route(PATH).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(this::show);
        router.route(PATH).method(HttpMethod.PUT).handler(this::change);
    }

    private void show(RoutingContext context) {
        Responses.json(context.response(), 200, TracingRulesBody.of(required().rules()));
    }

    private void change(RoutingContext context) {
        TracingControl rules = required();
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
