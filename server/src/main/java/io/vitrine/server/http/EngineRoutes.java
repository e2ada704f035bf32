package io.vitrine.server.http;

import java.time.Instant;
import java.util.function.Predicate;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.history.EngineHistory.Decisions;
import io.vitrine.server.history.EngineHistory.Slots;
import io.vitrine.server.history.Neighbours;
import io.vitrine.server.history.Page;
import io.vitrine.server.history.PageSize;
import io.vitrine.server.history.Timeline;
import io.vitrine.server.history.TokenTimes;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** What the engine did and what happened to the server, on the management port. */
final class EngineRoutes {

    private static final int MOST_COLUMNS = 2_000;
    private static final int USUAL_ITEMS = 500;
    private static final int MOST_ITEMS = 2_000;

    private final Questions questions;

    EngineRoutes(Questions questions) {
        this.questions = questions;
    }

    void addTo(Router router) {
        get(router, "/api/engine/steps", this::steps);
        get(router, "/api/engine/slots", this::slots);
        get(router, "/api/engine/decisions", this::decisions);
        get(router, "/api/timeline", this::timeline);
        get(router, "/api/requests/:id/neighbours", this::neighbours);
        get(router, "/api/requests/:id/tokens", this::tokens);
    }

    private static void get(Router router, String path, Handler<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
    }

    private void steps(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        int columns = params.count("columns", 0, 1, MOST_COLUMNS);
        PageSize size = params.points();
        if (columns > 0) {
            questions.table(
                    context, params, history -> history.engine().columns(range, columns), found -> found.columns());
        } else {
            questions.table(context, params, history -> history.engine().steps(range, size), Page::data);
        }
    }

    private void slots(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        questions.table(context, params, history -> history.engine().slots(range), Slots::runs);
    }

    private void decisions(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        questions.table(context, params, history -> history.engine().decisions(range), Decisions::latest);
    }

    private void timeline(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        int most = params.count("limit", USUAL_ITEMS, 1, MOST_ITEMS);
        questions.table(context, params, history -> history.timeline(range, most), Timeline::items);
    }

    private void neighbours(RoutingContext context) {
        String id = HistoryRoutes.requestId(context);
        QueryParams params = new QueryParams(context.queryParams());
        String tenant = HistoryRoutes.tenantOf(context, params);
        Predicate<@Nullable String> sees = ConsoleAccess.of(context)::sees;
        questions.table(
                context,
                params,
                history -> Questions.found(history.neighbours(id, tenant, sees), "request", id),
                Neighbours::requests);
    }

    private void tokens(RoutingContext context) {
        String id = HistoryRoutes.requestId(context);
        QueryParams params = new QueryParams(context.queryParams());
        String tenant = HistoryRoutes.tenantOf(context, params);
        questions.table(
                context,
                params,
                history -> Questions.found(history.tokens(id, tenant), "request", id),
                TokenTimes::tokens);
    }
}
