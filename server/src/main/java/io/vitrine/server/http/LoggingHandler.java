package io.vitrine.server.http;

import java.util.Optional;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.logging.LogLevels;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.LoggingLevels;

/** Shows and changes how much of each category is logged, for operators. On an event loop. */
final class LoggingHandler {

    static final String PATH = "/api/telemetry/logging";

    private static final int MAX_BODY_BYTES = 4_096;

    private final Optional<LogLevels> levels;
    private final BodyReader bodies;

    LoggingHandler(BodyReaders bodies, Optional<LogLevels> levels) {
        this.levels = levels;
        this.bodies = bodies.upTo(MAX_BODY_BYTES);
    }

    void show(RoutingContext context) {
        show(required(), context.response());
    }

    void change(RoutingContext context) {
        LogLevels changed = required();
        BodyReader.requireJson(context.request());
        bodies.read(context.request(), body -> Future.succeededFuture(LoggingLevels.parse(body)))
                .onSuccess(wanted -> {
                    wanted.forEach(changed::change);
                    show(changed, context.response());
                })
                .onFailure(context::fail);
    }

    private LogLevels required() {
        return levels.orElseThrow(
                () -> new ApiException(ErrorReason.NOT_FOUND, "logs are switched off (telemetry.logs.enabled)"));
    }

    private static void show(LogLevels levels, HttpServerResponse response) {
        Responses.json(response, 200, LoggingLevels.of(levels.all()));
    }
}
