package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import io.vitrine.observability.catalogue.EventName;
import io.vitrine.server.search.SearchKey;
import io.vitrine.server.search.SearchQuery;
import io.vitrine.store.telemetry.Answer;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.TelemetryQueries;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * Reads log events newest first, some thousand at a time, and gives those on that match a query. The store looks for what it has a
 * column or an index of; the rest is compared here, over a bounded number of rows.
 */
final class LogScan {

    private static final int CHUNK = 5_000;

    private final TelemetryQueries queries;
    private final int mostRows;

    LogScan(TelemetryQueries queries, int mostRows) {
        this.queries = queries;
        this.mostRows = mostRows;
    }

    /**
     * What a scan saw.
     *
     * @param scanned rows that were compared
     * @param complete false if the bound on rows came first: older ones were not seen
     */
    record Outcome(int scanned, boolean complete, List<String> damaged) {}

    /**
     * Scans until the range is done, the bound is reached, or the taker has enough.
     *
     * @param event null for any
     * @param tenantId null for any
     * @param taker returns false once it has enough
     */
    Outcome scan(
            TimeRange range,
            SearchQuery query,
            @Nullable EventName event,
            @Nullable String tenantId,
            Predicate<LoggedRow> taker) {
        Optional<String> asked = query.required(SearchKey.TENANT);
        if (tenantId != null && asked.isPresent() && !asked.get().equals(tenantId)) {
            return new Outcome(0, true, List.of());
        }
        LogFilter filter = new LogFilter(
                query.requiredWords().orElse(null),
                query.required(SearchKey.ID).orElse(null),
                query.required(SearchKey.LEVEL).orElse(null),
                event == null ? query.required(SearchKey.EVENT).orElse(null) : event.label(),
                tenantId == null ? asked.orElse(null) : tenantId,
                query.required(SearchKey.TRACE).orElse(null));
        return scan(range, query, filter, taker);
    }

    private Outcome scan(TimeRange range, SearchQuery query, LogFilter filter, Predicate<LoggedRow> taker) {
        List<String> damaged = new ArrayList<>();
        List<LogRow> atEdge = List.of();
        long to = range.toEpochNanos();
        int scanned = 0;
        while (scanned < mostRows) {
            int wanted = Math.min(CHUNK, mostRows - scanned) + atEdge.size();
            Answer<LogRow> answer = queries.logs(new TimeRange(range.fromEpochNanos(), to), filter, wanted);
            answer.setAside().stream().filter(file -> !damaged.contains(file)).forEach(damaged::add);
            List<LogRow> rows = new ArrayList<>(answer.rows());
            // Those of the last nanosecond that were seen already.
            atEdge.forEach(rows::remove);
            for (LogRow row : rows) {
                scanned++;
                LoggedRow logged = LoggedRow.of(row);
                if (query.matches(logged) && !taker.test(logged)) {
                    return new Outcome(scanned, true, damaged);
                }
            }
            if (answer.rows().size() < wanted || rows.isEmpty()) {
                return new Outcome(scanned, true, damaged);
            }
            long last = rows.get(rows.size() - 1).atEpochNanos();
            atEdge = answer.rows().stream()
                    .filter(row -> row.atEpochNanos() == last)
                    .toList();
            to = last + 1;
        }
        return new Outcome(scanned, false, damaged);
    }
}
