package io.vitrine.server.http;

import java.util.List;
import java.util.Map;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.AuditBody;
import io.vitrine.server.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;

/** Shows the latest changes of tenants and keys, newest first, for administrators. On the management port's event loop. */
final class AuditHandler implements Handler<RoutingContext> {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 10_000;

    private final Vertx vertx;
    private final Tenancy tenancy;

    AuditHandler(Vertx vertx, Tenancy tenancy) {
        this.vertx = vertx;
        this.tenancy = tenancy;
    }

    @Override
    public void handle(RoutingContext context) {
        int limit = limit(context.request().getParam("limit"));
        vertx.executeBlocking(
                        () -> tenancy.changes(limit).stream().map(AuditBody::of).toList(), false)
                .onSuccess((List<AuditBody> changes) ->
                        Responses.json(context.response(), 200, Map.of("changes", changes)))
                .onFailure(context::fail);
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        // No more digits than an int has for sure.
        int limit = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ApiException.invalid("limit", "limit must be a whole number between 1 and " + MAX_LIMIT);
        }
        return limit;
    }
}
