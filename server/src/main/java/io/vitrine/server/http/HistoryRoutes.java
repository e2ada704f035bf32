package io.vitrine.server.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.history.PageSize;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.telemetry.Fact;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.SpanFilter;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * The questions to stored telemetry, on the management port. Parameters are read on the event loop, files on two workers, and of those
 * who wait for a worker there are only so many.
 */
final class HistoryRoutes {

    private static final int WORKERS = 2;
    private static final int MOST_WAITING = 32;
    /** The store ends a question sooner; this only keeps Vert.x from warning of it. */
    private static final long LONGEST_MINUTES = 15;

    private static final List<String> STAGES =
            Stream.of(SpanName.values()).map(SpanName::label).toList();
    private static final List<String> ROUTES =
            Stream.of(Route.values()).map(Route::template).toList();
    private static final List<String> LEVELS =
            Stream.of(LogLevel.values()).map(LogLevel::name).toList();

    private final Optional<TelemetryHistory> history;
    private final WorkerExecutor workers;
    private final AtomicInteger asked = new AtomicInteger();

    /** @param history absent if nothing is stored */
    HistoryRoutes(Vertx vertx, Optional<TelemetryHistory> history) {
        this.history = history;
        this.workers = vertx.createSharedWorkerExecutor("vitrine-history", WORKERS, LONGEST_MINUTES, TimeUnit.MINUTES);
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
        SpanFilter filter = new SpanFilter(params.text("tenant"), params.minDurationNanos(), route(params));
        String stage = params.oneOf("slowest", STAGES);
        PageSize size = params.page();
        params.done();
        answer(context, () -> stored().traces(range, filter, stage, size));
    }

    private static List<Fact> route(QueryParams params) {
        String route = params.oneOf("route", ROUTES);
        return route == null ? List.of() : List.of(TelemetryHistory.ofRoute(route));
    }

    private void trace(RoutingContext context) {
        params(context).done();
        String id = context.pathParam("id");
        if (!id.matches("[0-9a-f]{32}")) {
            throw ApiException.invalid("trace_id", "a trace's id has 32 hexadecimal digits in lower case: " + cut(id));
        }
        answer(context, () -> found(stored().trace(id), "trace", id));
    }

    private void logs(RoutingContext context) {
        QueryParams params = params(context);
        TimeRange range = params.range(Instant.now());
        LogFilter filter = new LogFilter(
                params.text("q"),
                params.text("request_id"),
                params.oneOf("level", LEVELS),
                params.text("event"),
                params.text("tenant"),
                null);
        PageSize size = params.page();
        params.done();
        answer(context, () -> stored().logs(range, filter, size));
    }

    private void metrics(RoutingContext context) {
        QueryParams params = params(context);
        TimeRange range = params.range(Instant.now());
        String name = params.required("name");
        PageSize size = params.points();
        List<Fact> labels = params.labels();
        answer(context, () -> stored().metrics(name, labels, range, size));
    }

    private void stages(RoutingContext context) {
        QueryParams params = params(context);
        TimeRange range = params.range(Instant.now());
        params.done();
        answer(context, () -> stored().stages(range));
    }

    private void request(RoutingContext context) {
        String id = requestId(context);
        String tenant = tenant(context);
        answer(context, () -> found(stored().request(id, tenant), "request", id));
    }

    private void why(RoutingContext context) {
        String id = requestId(context);
        String tenant = tenant(context);
        answer(context, () -> found(stored().why(id, tenant), "request", id));
    }

    private static @Nullable String tenant(RoutingContext context) {
        QueryParams params = params(context);
        String tenant = params.text("tenant");
        params.done();
        return tenant;
    }

    private static String requestId(RoutingContext context) {
        String id = context.pathParam("id");
        if (!RequestIds.canBe(id)) {
            throw ApiException.invalid(
                    "request_id",
                    "a request's id has from 1 to 128 letters, digits, dots, underscores and dashes: " + cut(id));
        }
        return id;
    }

    private static QueryParams params(RoutingContext context) {
        return new QueryParams(context.queryParams());
    }

    private TelemetryHistory stored() {
        return history.orElseThrow(
                () -> new ApiException(ErrorReason.NOT_FOUND, "telemetry is not stored (store.enabled)"));
    }

    private static <T> T found(Optional<T> answer, String what, String id) {
        return answer.orElseThrow(
                () -> new ApiException(ErrorReason.NOT_FOUND, "nothing is stored of the " + what + " " + cut(id)));
    }

    private static String cut(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "…" : text;
    }

    private void answer(RoutingContext context, Callable<Object> question) {
        if (asked.incrementAndGet() > MOST_WAITING) {
            asked.decrementAndGet();
            throw new ApiException(
                    ErrorReason.QUEUE_FULL, "there are " + MOST_WAITING + " questions already; ask again later");
        }
        workers.executeBlocking(() -> ask(question), false)
                .onComplete(done -> asked.decrementAndGet())
                .onSuccess(body -> Responses.json(context.response(), 200, body))
                .onFailure(context::fail);
    }

    /** What the question's words did wrong is the caller's to know; what failed inside is told in few words. */
    private static Object ask(Callable<Object> question) throws Exception {
        try {
            return question.call();
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("q", String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            if (e.reason() == Reason.TOO_SLOW) {
                throw new ApiException(ErrorReason.DEADLINE_EXCEEDED, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }
}
