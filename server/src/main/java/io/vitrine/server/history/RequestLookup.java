package io.vitrine.server.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.store.telemetry.Answer;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.TelemetryQueries;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * Finds one request by the id that its client gave it. Several tenants may use one id, and one tenant may use it again: the latest
 * request is the one, and what is stored of the others is not mixed with it. For one question.
 */
final class RequestLookup {

    private static final int USES = 20;
    private static final int LOG_LINES = 1_000;
    /** The last event is written after the request's end: its duration ends a little before. */
    private static final long MARGIN = Duration.ofSeconds(1).toNanos();

    private final TelemetryQueries queries;
    private final List<String> damaged = new ArrayList<>();

    RequestLookup(TelemetryQueries queries) {
        this.queries = queries;
    }

    /**
     * What is stored of one request.
     *
     * @param log oldest first; empty if logs are not stored
     * @param root of its trace; empty if that was not kept
     * @param otherUses latest other requests of the same id
     */
    record Found(
            String requestId,
            @Nullable String tenantId,
            List<LogRow> log,
            Optional<SpanRow> root,
            List<RequestUse> otherUses,
            List<String> damaged) {}

    Optional<Found> find(String requestId, @Nullable String tenantId) {
        List<LogRow> ends = rows(queries.latestLogs(ends(requestId, tenantId), USES));
        return ends.isEmpty() ? withoutEnd(requestId, tenantId) : Optional.of(ofEnd(ends));
    }

    private static LogFilter ends(String requestId, @Nullable String tenantId) {
        return new LogFilter(null, requestId, null, EventName.REQUEST_COMPLETED.label(), tenantId, null);
    }

    private Found ofEnd(List<LogRow> ends) {
        LogRow end = ends.get(0);
        String requestId = Optional.ofNullable(end.requestId()).orElse("");
        LogFilter its = new LogFilter(null, requestId, null, null, end.tenantId(), end.traceId());
        List<LogRow> log = rows(queries.firstLogs(around(end), its, LOG_LINES)).stream()
                .filter(row -> Optional.ofNullable(row.tenantId()).equals(Optional.ofNullable(end.tenantId())))
                .toList();
        Optional<SpanRow> root = end.traceId() == null
                ? Optional.empty()
                : rows(queries.root(requestId, end.tenantId(), end.traceId())).stream()
                        .findFirst();
        List<RequestUse> others =
                ends.stream().skip(1).limit(USES).map(RequestUse::of).toList();
        return new Found(requestId, end.tenantId(), log, root, others, damaged);
    }

    private static TimeRange around(LogRow end) {
        double millis = Attributes.number(Attributes.read(end.attributesJson()), LogField.DURATION_MS);
        return new TimeRange(end.atEpochNanos() - Math.round(millis * 1e6) - MARGIN, end.atEpochNanos() + MARGIN);
    }

    /** A request that still runs, or one that is known by its trace only. */
    private Optional<Found> withoutEnd(String requestId, @Nullable String tenantId) {
        Optional<SpanRow> root =
                rows(queries.root(requestId, tenantId, null)).stream().findFirst();
        List<LogRow> latest =
                rows(queries.latestLogs(new LogFilter(null, requestId, null, null, tenantId, null), LOG_LINES));
        if (root.isEmpty() && latest.isEmpty()) {
            return Optional.empty();
        }
        String owner = owner(root, latest);
        List<LogRow> log = latest.stream()
                .filter(row -> Optional.ofNullable(row.tenantId()).equals(Optional.ofNullable(owner)))
                .sorted((one, other) -> Long.compare(one.atEpochNanos(), other.atEpochNanos()))
                .toList();
        return Optional.of(new Found(requestId, owner, log, root, List.of(), damaged));
    }

    private static @Nullable String owner(Optional<SpanRow> root, List<LogRow> latest) {
        if (root.isPresent()) {
            return root.get().tenantId();
        }
        return latest.isEmpty() ? null : latest.get(0).tenantId();
    }

    private <T> List<T> rows(Answer<T> answer) {
        damaged.addAll(answer.setAside());
        return answer.rows();
    }
}
