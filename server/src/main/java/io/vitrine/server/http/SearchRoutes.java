package io.vitrine.server.http;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.server.history.Comparison;
import io.vitrine.server.history.HeatMap;
import io.vitrine.server.history.PageSize;
import io.vitrine.server.history.RequestSearch.Order;
import io.vitrine.server.history.SearchPage;
import io.vitrine.server.search.Completion;
import io.vitrine.server.search.SearchException;
import io.vitrine.server.search.SearchKey;
import io.vitrine.server.search.SearchKey.Corpus;
import io.vitrine.server.search.SearchQuery;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** Searches of requests and log events, on the management port. */
final class SearchRoutes {

    private static final String PATH = "/api/search";
    private static final int LONGEST_QUERY = 1_000;
    private static final int USUAL_COLUMNS = 60;
    private static final int MOST_COLUMNS = 500;

    private static final List<String> ORDERS = labels(Order.values());
    private static final List<String> CORPORA = labels(Corpus.values());
    private static final Map<String, SearchKey> METRICS = Map.of(
            "duration", SearchKey.DURATION,
            "ttft", SearchKey.TTFT,
            "tpot", SearchKey.TPOT,
            "queue", SearchKey.QUEUE);

    private final Questions questions;
    private final int mostRows;

    /** @param mostRows that one search reads */
    SearchRoutes(Questions questions, int mostRows) {
        this.questions = questions;
        this.mostRows = mostRows;
    }

    void addTo(Router router) {
        get(router, "/requests", this::requests);
        get(router, "/logs", this::logs);
        get(router, "/heatmap", this::heatMap);
        get(router, "/compare", this::compare);
        get(router, "/complete", this::complete);
        get(router, "/language", this::language);
    }

    private static void get(Router router, String path, Handler<RoutingContext> handler) {
        router.route(PATH + path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(context -> {
            try {
                handler.handle(context);
            } catch (SearchException mistake) {
                Questions.fail(context, mistake);
            }
        });
    }

    private void requests(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        SearchQuery query = query(params, "q", Corpus.REQUESTS);
        String order = params.oneOf("order", ORDERS);
        PageSize size = params.page();
        String tenant = tenant(context);
        Order sorted = order == null ? Order.NEWEST : Order.valueOf(order.toUpperCase(Locale.ROOT));
        questions.table(
                context,
                params,
                history -> history.search(mostRows).requests(range, query, tenant, sorted, size),
                SearchPage::data);
    }

    private void logs(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        SearchQuery query = query(params, "q", Corpus.LOGS);
        PageSize size = params.page();
        String tenant = tenant(context);
        questions.table(
                context,
                params,
                history -> history.search(mostRows).logs(range, query, tenant, size),
                SearchPage::data);
    }

    private void heatMap(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        SearchQuery query = query(params, "q", Corpus.REQUESTS);
        int columns = params.count("columns", USUAL_COLUMNS, 1, MOST_COLUMNS);
        String metric =
                params.oneOf("metric", METRICS.keySet().stream().sorted().toList());
        SearchKey key = METRICS.getOrDefault(metric == null ? "duration" : metric, SearchKey.DURATION);
        String tenant = tenant(context);
        questions.table(
                context,
                params,
                history -> history.search(mostRows).heatMap(range, query, tenant, key, columns),
                HeatMap::cells);
    }

    private void compare(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        SearchQuery query = query(params, "q", Corpus.REQUESTS);
        SearchQuery selection = query(params, "select", Corpus.REQUESTS);
        TimeRange selected = params.rangeWithin(range, "select_from", "select_to");
        String tenant = tenant(context);
        questions.table(
                context,
                params,
                history -> history.search(mostRows).compare(range, query, tenant, selection, selected),
                Comparison::attributes);
    }

    private void complete(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        TimeRange range = params.range(Instant.now());
        Corpus corpus = corpus(params);
        String text = params.longText("q", LONGEST_QUERY);
        int cursor = params.count("cursor", text.length(), 0, LONGEST_QUERY);
        params.done();
        String tenant = tenant(context);
        EventName event = corpus == Corpus.REQUESTS ? EventName.REQUEST_COMPLETED : null;
        questions.json(
                context,
                history -> Completion.of(
                        text, cursor, corpus, key -> history.search(mostRows).latestValues(range, event, tenant, key)));
    }

    private void language(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        Corpus corpus = corpus(params);
        params.done();
        List<Map<String, Object>> keys =
                SearchKey.of(corpus).stream().map(SearchRoutes::shown).toList();
        Responses.json(context.response(), 200, Map.of("keys", keys));
    }

    private static Map<String, Object> shown(SearchKey key) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("key", key.label());
        shown.put("type", key.type().name().toLowerCase(Locale.ROOT));
        shown.put("meaning", key.meaning());
        shown.put("operators", key.comparable() ? List.of(":", ">", ">=", "<", "<=") : List.of(":"));
        shown.put("values", key.allowedValues());
        return shown;
    }

    private static Corpus corpus(QueryParams params) {
        String corpus = params.oneOf("for", CORPORA);
        return corpus == null ? Corpus.REQUESTS : Corpus.valueOf(corpus.toUpperCase(Locale.ROOT));
    }

    private static SearchQuery query(QueryParams params, String name, Corpus corpus) {
        return SearchQuery.parse(params.longText(name, LONGEST_QUERY), corpus);
    }

    private static @Nullable String tenant(RoutingContext context) {
        return ConsoleAccess.of(context).tenant(null);
    }

    private static List<String> labels(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
