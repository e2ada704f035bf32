package io.vitrine.server.incidents;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import io.vitrine.observability.Outcome;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.server.history.LogLine;
import io.vitrine.server.history.MeterSeries;
import io.vitrine.server.history.PageSize;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.history.TraceSummary;
import io.vitrine.server.history.TraceTree;
import io.vitrine.store.telemetry.Fact;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.SpanFilter;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** Evidence from stored telemetry: traces, log events, the history of meters. */
final class StoredEvidence {

    private static final int FAILED_TRACES = 4;
    private static final int SLOW_TRACES = 2;
    private static final int GOOD_TRACES = 2;
    private static final int LOG_LINES = 2_000;
    private static final int POINTS = 2_000;
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final List<MeterDefinition> MAIN_METERS = List.of(
            Meters.RUNNING,
            Meters.WAITING,
            Meters.KV_UTILIZATION,
            Meters.FAILED_STEPS,
            Meters.FAULTS,
            Meters.PREEMPTIONS,
            Meters.MODEL_TIME);

    private final Optional<TelemetryHistory> history;

    /** @param history absent if telemetry is not stored */
    StoredEvidence(Optional<TelemetryHistory> history) {
        this.history = history;
    }

    private static final String NOT_STORED = "telemetry is not stored (store.enabled)";

    /** Traces of failed and timed-out requests, then of the slowest; of the alert's tenant if it has one. */
    EvidenceContent badTraces(EvidenceRequest request) {
        if (history.isEmpty()) {
            return EvidenceContent.missing(NOT_STORED);
        }
        JsonLines lines = new JsonLines(request.maxBytes());
        bad(request).forEach((summary, why) -> addTrace(lines, summary, why));
        return lines.content("no trace is kept of the time from " + request.from() + " to " + request.until());
    }

    private Map<TraceSummary, String> bad(EvidenceRequest request) {
        Map<TraceSummary, String> bad = new LinkedHashMap<>();
        Set<String> ids = new LinkedHashSet<>();
        for (Outcome outcome : List.of(Outcome.FAILED, Outcome.TIMED_OUT)) {
            traces(request.range(), filter(request, outcome, null), null, FAILED_TRACES).stream()
                    .filter(trace -> ids.size() < FAILED_TRACES && ids.add(trace.traceId()))
                    .forEach(trace -> bad.put(trace, outcome.label()));
        }
        traces(request.range(), filter(request, Outcome.COMPLETED, null), SpanName.GATEWAY_REQUEST.label(), SLOW_TRACES)
                .stream()
                .filter(trace -> ids.add(trace.traceId()))
                .forEach(trace -> bad.put(trace, "slowest"));
        return bad;
    }

    /** Traces of completed requests of the same route and tenant, from before the cause if there are any. */
    EvidenceContent goodTraces(EvidenceRequest request) {
        if (history.isEmpty()) {
            return EvidenceContent.missing(NOT_STORED);
        }
        Map<TraceSummary, String> bad = bad(request);
        String route = bad.keySet().stream()
                .map(TraceSummary::route)
                .filter(one -> one != null)
                .findFirst()
                .orElse(null);
        SpanFilter filter = filter(request, Outcome.COMPLETED, route);
        Instant cause = Instant.ofEpochMilli(request.incident().startedMillis());
        TimeRange before = TimeRange.of(cause.minus(LONGEST), cause);
        List<TraceSummary> good = traces(before, filter, null, GOOD_TRACES);
        String why = "before the cause";
        if (good.isEmpty()) {
            why = "since the cause";
            good = traces(request.range(), filter, null, GOOD_TRACES + SLOW_TRACES).stream()
                    .filter(trace -> bad.keySet().stream()
                            .noneMatch(other -> other.traceId().equals(trace.traceId())))
                    .limit(GOOD_TRACES)
                    .toList();
        }
        JsonLines lines = new JsonLines(request.maxBytes());
        for (TraceSummary trace : good) {
            addTrace(lines, trace, why);
        }
        return lines.content("no trace of a comparable completed request is kept");
    }

    private static SpanFilter filter(EvidenceRequest request, Outcome outcome, @Nullable String route) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact(SpanAttributes.OUTCOME.getKey(), outcome.label()));
        if (route != null) {
            facts.add(TelemetryHistory.ofRoute(route));
        }
        String tenant = request.alerts().stream()
                .map(alert -> alert.labels().get("tenant"))
                .filter(one -> one != null)
                .findFirst()
                .orElse(null);
        return new SpanFilter(tenant, 0, facts);
    }

    private List<TraceSummary> traces(TimeRange range, SpanFilter filter, @Nullable String slowest, int limit) {
        return history.orElseThrow()
                .traces(range, filter, slowest, new PageSize(0, limit))
                .data();
    }

    private void addTrace(JsonLines lines, TraceSummary summary, String why) {
        Optional<TraceTree> tree = history.orElseThrow().trace(summary.traceId());
        tree.ifPresent(trace -> lines.add(Map.of("why", why, "trace", trace)));
    }

    /** Log events, newest first. */
    EvidenceContent logs(EvidenceRequest request) {
        if (history.isEmpty()) {
            return EvidenceContent.missing(NOT_STORED);
        }
        JsonLines lines = new JsonLines(request.maxBytes());
        log(request.range(), LogFilter.ANY, LOG_LINES).forEach(lines::add);
        return lines.content("no log event is stored of that time");
    }

    private List<LogLine> log(TimeRange range, LogFilter filter, int limit) {
        return history.orElseThrow().logs(range, filter, new PageSize(0, limit)).data();
    }

    /** The last events of this name within a day, newest first; none if telemetry is not stored. */
    List<LogLine> lastDay(EventName event, EvidenceRequest request, int limit) {
        TimeRange day = TimeRange.of(request.until().minus(LONGEST), request.until());
        return history.isEmpty() ? List.of() : log(day, new LogFilter(null, null, null, event.label()), limit);
    }

    /** Ids of the requests that began to run on a GPU in the time of the evidence. */
    List<String> startedOnGpu(EvidenceRequest request, int limit) {
        if (history.isEmpty()) {
            return List.of();
        }
        LogFilter started = new LogFilter(null, null, null, EventName.INFERENCE_STARTED.label());
        return log(request.range(), started, LOG_LINES).stream()
                .filter(line -> line.fields().has(LogField.GPU_ID.key()))
                .flatMap(line -> Stream.ofNullable(line.requestId()))
                .distinct()
                .limit(limit)
                .toList();
    }

    /** Readings of the meters that the alerts' rules read, then of the main ones. */
    EvidenceContent meters(EvidenceRequest request) {
        if (history.isEmpty()) {
            return EvidenceContent.missing(NOT_STORED);
        }
        JsonLines lines = new JsonLines(request.maxBytes());
        for (String meter : names(request)) {
            List<MeterSeries> series = history.orElseThrow()
                    .metrics(meter, List.of(), request.range(), new PageSize(0, POINTS))
                    .data();
            series.forEach(one -> lines.add(Map.of("meter", meter, "labels", one.labels(), "points", one.points())));
        }
        return lines.content("no reading of a meter is stored of that time");
    }

    /** As they are stored: of histograms count and sum, not buckets. */
    static Set<String> names(EvidenceRequest request) {
        Set<String> names = new LinkedHashSet<>();
        request.alerts().stream()
                .flatMap(alert -> alert.rule().expr().metrics().stream())
                .flatMap(name -> name.endsWith("_bucket")
                        ? Stream.of("_count", "_sum").map(name.substring(0, name.length() - "_bucket".length())::concat)
                        : Stream.of(name))
                .forEach(names::add);
        MAIN_METERS.stream()
                .flatMap(meter -> meter.buckets().isEmpty()
                        ? Stream.of(meter.prometheusName())
                        : Stream.of(meter.prometheusName() + "_count", meter.prometheusName() + "_sum"))
                .forEach(names::add);
        return names;
    }
}
