package io.vitrine.server.http;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.history.PageSize;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.store.telemetry.Fact;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.SpanFilter;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** The questions to stored telemetry, on the management port. Parameters are read on the event loop, files on workers. */
final class HistoryRoutes {

    private static final List<String> STAGES =
            Stream.of(SpanName.values()).map(SpanName::label).toList();
    private static final List<String> ROUTES =
            Stream.of(Route.values()).map(Route::template).toList();
    private static final List<String> LEVELS =
            Stream.of(LogLevel.values()).map(LogLevel::name).toList();

    private final Questions questions;

    HistoryRoutes(Questions questions) {
        this.questions = questions;
    }

    void addTo(Router router) {
        get(router, "/api/traces").handler(this::traces);
        get(router, "/api/traces/:id").handler(this::trace);
        get(router, "/api/logs").handler(this::logs);
        get(router, "/api/metrics").handler(this::metrics);
        get(router, "/api/stages").handler(this::stages);
        get(router, "/api/requests/:id").handler(this::request);
        get(router, "/api/requests/:id/why").handler(this::why);
    }

    private static io.vertx.ext.web.Route get(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    private void traces(RoutingContext context) {
        QueryParams params = params(context);
        TimeRange range = params.range(Instant.now());
        SpanFilter filter = new SpanFilter(tenantOf(context, params), params.minDurationNanos(), route(params));
        String stage = params.oneOf("slowest", STAGES);
        PageSize size = params.page();
        params.done();
        questions.json(context, history -> history.traces(range, filter, stage, size));
    }

    private static List<Fact> route(QueryParams params) {
        String route = params.oneOf("route", ROUTES);
        return route == null ? List.of() : List.of(TelemetryHistory.ofRoute(route));
    }

    private void trace(RoutingContext context) {
        params(context).done();
        String id = traceId(context.pathParam("id"), "trace_id");
        ConsoleAccess access = ConsoleAccess.of(context);
        questions.json(
                context,
                history ->
                        Questions.found(history.trace(id).filter(trace -> access.sees(trace.tenantId())), "trace", id));
    }

    static String traceId(String id, String name) {
        if (!id.matches("[0-9a-f]{32}")) {
            throw ApiException.invalid(
                    name, "a trace's id has 32 hexadecimal digits in lower case: " + Questions.cut(id));
        }
        return id;
    }

    private void logs(RoutingContext context) {
        QueryParams params = params(context);
        TimeRange range = params.range(Instant.now());
        LogFilter filter = new LogFilter(
                params.text("q"),
                params.text("request_id"),
                params.oneOf("level", LEVELS),
                params.text("event"),
                tenantOf(context, params),
                null);
        PageSize size = params.page();
        params.done();
        questions.json(context, history -> history.logs(range, filter, size));
    }

    private void metrics(RoutingContext context) {
        QueryParams params = params(context);
        TimeRange range = params.range(Instant.now());
        String name = params.required("name");
        PageSize size = params.points();
        List<Fact> labels = params.labels();
        questions.json(context, history -> history.metrics(name, labels, range, size));
    }

    private void stages(RoutingContext context) {
        QueryParams params = params(context);
        TimeRange range = params.range(Instant.now());
        params.done();
        questions.json(context, history -> history.stages(range));
    }

    private void request(RoutingContext context) {
        String id = requestId(context);
        String tenant = tenant(context);
        questions.json(context, history -> Questions.found(history.request(id, tenant), "request", id));
    }

    private void why(RoutingContext context) {
        String id = requestId(context);
        String tenant = tenant(context);
        ConsoleAccess access = ConsoleAccess.of(context);
        questions.json(context, history -> Questions.found(history.why(id, tenant), "request", id)
                .seenBy(access::sees));
    }

    private static @Nullable String tenant(RoutingContext context) {
        QueryParams params = params(context);
        String tenant = tenantOf(context, params);
        params.done();
        return tenant;
    }

    /** The tenant that is asked about, or the only one that the operator sees. */
    static @Nullable String tenantOf(RoutingContext context, QueryParams params) {
        return ConsoleAccess.of(context).tenant(params.text("tenant"));
    }

    static String requestId(RoutingContext context) {
        String id = context.pathParam("id");
        if (!RequestIds.canBe(id)) {
            throw ApiException.invalid(
                    "request_id",
                    "a request's id has from 1 to 128 letters, digits, dots, underscores and dashes: "
                            + Questions.cut(id));
        }
        return id;
    }

    private static QueryParams params(RoutingContext context) {
        return new QueryParams(context.queryParams());
    }
}
