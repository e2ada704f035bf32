package io.vitrine.server.http;

import java.util.Optional;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.HealthStatus;
import io.vitrine.server.inference.ServingState;

/** Says whether a token can be served now. */
final class HealthHandler implements Handler<RoutingContext> {

    private final ServingState state;

    HealthHandler(ServingState state) {
        this.state = state;
    }

    @Override
    public void handle(RoutingContext context) {
        Optional<ApiException> unavailability = state.unavailability();
        if (unavailability.isPresent()) {
            throw unavailability.get();
        }
        Responses.json(context.response(), 200, HealthStatus.OK);
    }
}
