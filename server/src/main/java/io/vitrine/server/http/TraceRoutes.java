package io.vitrine.server.http;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.history.TelemetryHistory.ExportFormat;
import io.vitrine.server.history.TelemetryHistory.WindowSize;
import org.jspecify.annotations.Nullable;

/** Parts of traces, exports, and comparisons, on the management port. Before {@link HistoryRoutes}, whose paths are wider. */
final class TraceRoutes {

    private static final String PATH = "/api/traces/";
    private static final int USUAL_PIXELS = 1_200;
    private static final int MOST_PIXELS = 8_000;
    private static final int USUAL_SPANS = 2_000;
    private static final int MOST_SPANS = 10_000;
    private static final List<String> FORMATS = List.of("otlp", "chrome");

    private final Questions questions;

    TraceRoutes(Questions questions) {
        this.questions = questions;
    }

    void addTo(Router router) {
        get(router, "compare", this::compare);
        get(router, ":id/window", this::window);
        get(router, ":id/spans/:span", this::span);
        get(router, ":id/export", this::export);
    }

    private static void get(Router router, String path, Handler<RoutingContext> handler) {
        router.route(PATH + path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
    }

    private void window(RoutingContext context) {
        String id = HistoryRoutes.traceId(context.pathParam("id"), "trace_id");
        QueryParams params = new QueryParams(context.queryParams());
        @Nullable Long from = params.nanos("from_ns");
        @Nullable Long to = params.nanos("to_ns");
        WindowSize size = new WindowSize(
                params.count("width", USUAL_PIXELS, 1, MOST_PIXELS), params.count("rows", USUAL_SPANS, 1, MOST_SPANS));
        params.done();
        if (from != null && to != null && from > to) {
            throw ApiException.invalid("from_ns", "from_ns must not be above to_ns, " + to + ": " + from);
        }
        Predicate<@Nullable String> sees = ConsoleAccess.of(context)::sees;
        questions.json(context, history -> Questions.found(history.window(id, sees, from, to, size), "trace", id));
    }

    private void span(RoutingContext context) {
        new QueryParams(context.queryParams()).done();
        String id = HistoryRoutes.traceId(context.pathParam("id"), "trace_id");
        String span = context.pathParam("span");
        if (!span.matches("[0-9a-f]{16}")) {
            throw ApiException.invalid("span_id", "a span's id has 16 hexadecimal digits in lower case");
        }
        Predicate<@Nullable String> sees = ConsoleAccess.of(context)::sees;
        questions.json(context, history -> Questions.found(history.span(id, span, sees), "span", span));
    }

    private void compare(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        String left = HistoryRoutes.traceId(params.required("left"), "left");
        String right = HistoryRoutes.traceId(params.required("right"), "right");
        Predicate<@Nullable String> sees = ConsoleAccess.of(context)::sees;
        questions.table(
                context,
                params,
                history -> Questions.found(history.difference(left, right, sees), "traces", left + ", " + right),
                difference -> difference.stages());
    }

    private void export(RoutingContext context) {
        String id = HistoryRoutes.traceId(context.pathParam("id"), "trace_id");
        QueryParams params = new QueryParams(context.queryParams());
        params.required("format");
        String format = String.valueOf(params.oneOf("format", FORMATS));
        params.done();
        Predicate<@Nullable String> sees = ConsoleAccess.of(context)::sees;
        questions.file(
                context,
                "trace-" + id + "." + format + ".json",
                "application/json",
                history -> ApiJson.write(Questions.found(
                        history.export(id, ExportFormat.valueOf(format.toUpperCase(Locale.ROOT)), sees), "trace", id)));
    }
}
