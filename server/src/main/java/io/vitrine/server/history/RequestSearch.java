package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

import io.vitrine.observability.Outcome;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.server.search.SearchKey;
import io.vitrine.server.search.SearchQuery;
import io.vitrine.store.telemetry.TelemetryQueries;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** Searches requests and log events in the language of {@link SearchQuery}. Reads files on the caller's thread. */
public final class RequestSearch {

    private static final int COMPLETION_ROWS = 2_000;
    private static final int COMPLETION_VALUES = 200;

    private final TelemetryQueries queries;
    private final LogScan scan;

    RequestSearch(TelemetryQueries queries, int mostRows) {
        this.queries = queries;
        this.scan = new LogScan(queries, mostRows);
    }

    /** Which requests come first. */
    public enum Order {
        NEWEST(null),
        SLOWEST(SearchKey.DURATION),
        TTFT(SearchKey.TTFT),
        TPOT(SearchKey.TPOT),
        QUEUE(SearchKey.QUEUE);

        private final @Nullable SearchKey key;

        Order(@Nullable SearchKey key) {
            this.key = key;
        }

        private Comparator<LoggedRow> leastFirst(SearchKey sorted) {
            return Comparator.comparingDouble(row -> row.number(sorted).orElse(-1));
        }
    }

    /** Requests that have ended. */
    public SearchPage<RequestRow> requests(
            TimeRange range, SearchQuery query, @Nullable String tenantId, Order order, PageSize size) {
        List<LoggedRow> found;
        LogScan.Outcome outcome;
        SearchKey sorted = order.key;
        if (sorted == null) {
            List<LoggedRow> newest = new ArrayList<>();
            outcome = scan.scan(range, query, EventName.REQUEST_COMPLETED, tenantId, row -> {
                newest.add(row);
                return newest.size() < size.wanted();
            });
            found = newest;
        } else {
            PriorityQueue<LoggedRow> most = new PriorityQueue<>(order.leastFirst(sorted));
            outcome = scan.scan(range, query, EventName.REQUEST_COMPLETED, tenantId, row -> {
                if (row.number(sorted).isPresent()) {
                    most.add(row);
                }
                if (most.size() > size.wanted()) {
                    most.poll();
                }
                return true;
            });
            found = new ArrayList<>(most);
            found.sort(order.leastFirst(sorted).reversed());
        }
        return page(
                range,
                size,
                outcome,
                found.stream()
                        .map(row -> RequestRow.of(row.row(), row.fields()))
                        .toList());
    }

    /** Log events, newest first. */
    public SearchPage<LogLine> logs(TimeRange range, SearchQuery query, @Nullable String tenantId, PageSize size) {
        List<LogLine> found = new ArrayList<>();
        LogScan.Outcome outcome = scan.scan(range, query, null, tenantId, row -> {
            found.add(LogLine.of(row.row()));
            return found.size() < size.wanted();
        });
        return page(range, size, outcome, found);
    }

    private static <T> SearchPage<T> page(TimeRange range, PageSize size, LogScan.Outcome outcome, List<T> found) {
        int from = Math.min(size.offset(), found.size());
        int to = Math.min(size.offset() + size.limit(), found.size());
        return new SearchPage<>(
                Moments.text(range.fromEpochNanos()),
                Moments.text(range.toEpochNanos()),
                size.offset(),
                found.size() > to,
                outcome.scanned(),
                outcome.complete(),
                found.subList(from, to),
                outcome.damaged());
    }

    /** Requests by time and by a duration. */
    public HeatMap heatMap(
            TimeRange range, SearchQuery query, @Nullable String tenantId, SearchKey metric, int columns) {
        HeatMap.Builder builder = new HeatMap.Builder(range, columns, metric);
        return builder.build(scan.scan(range, query, EventName.REQUEST_COMPLETED, tenantId, builder::add));
    }

    /** How the requests that match another query, in a part of the time, differ from the rest. */
    public Comparison compare(
            TimeRange range,
            SearchQuery query,
            @Nullable String tenantId,
            SearchQuery selection,
            TimeRange selectedTime) {
        Comparison.Builder builder = new Comparison.Builder(selection.keys());
        LogScan.Outcome outcome = scan.scan(range, query, EventName.REQUEST_COMPLETED, tenantId, row -> {
            long at = row.row().atEpochNanos();
            boolean inTime = at >= selectedTime.fromEpochNanos() && at < selectedTime.toEpochNanos();
            builder.add(row, inTime && selection.matches(row));
            return true;
        });
        return new Comparison(
                Moments.text(range.fromEpochNanos()),
                Moments.text(range.toEpochNanos()),
                builder.selected(),
                builder.rest(),
                builder.attributes(),
                outcome.scanned(),
                outcome.complete(),
                outcome.damaged());
    }

    /**
     * Refused requests.
     *
     * @param byTenant counts by tenant and type of the error
     * @param complete false if there were more requests than one search reads
     */
    public record Refusals(Map<String, Map<String, Long>> byTenant, boolean complete) {}

    /** How many requests of each tenant were refused, and why. */
    public Refusals refusals(TimeRange range, @Nullable String tenantId) {
        Map<String, Map<String, Long>> counts = new HashMap<>();
        SearchQuery refused = SearchQuery.parse("outcome:" + Outcome.REFUSED.label(), SearchKey.Corpus.REQUESTS);
        LogScan.Outcome outcome = scan.scan(range, refused, EventName.REQUEST_COMPLETED, tenantId, row -> {
            counts.computeIfAbsent(row.text(SearchKey.TENANT).orElse("unknown"), id -> new HashMap<>())
                    .merge(row.text(SearchKey.ERROR).orElse("unknown"), 1L, Long::sum);
            return true;
        });
        return new Refusals(counts, outcome.complete());
    }

    /** Values that a key had in the latest events of a range, and how often. */
    public Map<String, Long> latestValues(
            TimeRange range, @Nullable EventName event, @Nullable String tenantId, SearchKey key) {
        Map<String, Long> values = new HashMap<>();
        new LogScan(queries, COMPLETION_ROWS).scan(range, SearchQuery.ALL, event, tenantId, row -> {
            row.text(key)
                    .filter(value -> values.size() < COMPLETION_VALUES || values.containsKey(value))
                    .ifPresent(value -> values.merge(value, 1L, Long::sum));
            return true;
        });
        return values;
    }
}
