package io.vitrine.server.http;

import java.util.Optional;

import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.HealthStatus;
import io.vitrine.server.health.Health;
import io.vitrine.server.health.HealthReport;

/** Answers probes: whether a request can be answered, whether only a restart helps, how every component is. */
final class HealthHandler {

    private final Health health;

    HealthHandler(Health health) {
        this.health = health;
    }

    /** 200 if a request can be answered now. */
    void ready(RoutingContext context) {
        answer(context, health.unavailability());
    }

    /** 200 unless only a restart helps. */
    void live(RoutingContext context) {
        answer(context, health.restartReason());
    }

    /** Every component with its verdict and reason; the status is that of {@link #ready}. */
    void report(RoutingContext context) {
        HealthReport report = health.report();
        Responses.json(context.response(), report.ready() ? 200 : 503, report.object());
    }

    private static void answer(RoutingContext context, Optional<ApiException> fault) {
        if (fault.isPresent()) {
            throw fault.get();
        }
        Responses.json(context.response(), 200, HealthStatus.OK);
    }
}
