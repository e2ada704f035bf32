package io.vitrine.server.history;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.store.telemetry.Answer;
import io.vitrine.store.telemetry.Fact;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.SpanFilter;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.TelemetryQueries;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * The questions that can be asked of stored telemetry, and their answers as they are shown. Reads files on the caller's thread, for as
 * long as the store's limit at most: not for an event loop.
 */
public final class TelemetryHistory {

    private final TelemetryQueries queries;

    public TelemetryHistory(TelemetryQueries queries) {
        this.queries = queries;
    }

    /** What a request that came by this route has among its attributes. */
    public static Fact ofRoute(String template) {
        return new Fact(SpanAttributes.HTTP_ROUTE.getKey(), template);
    }

    /** One trace; empty if it is not stored. */
    public Optional<TraceTree> trace(String traceId) {
        Answer<SpanRow> trace = queries.trace(traceId);
        return trace.rows().isEmpty() ? Optional.empty() : Optional.of(TraceTree.of(trace));
    }

    /**
     * Traces, newest first; or with a stage those in which it took longest, longest first.
     *
     * @param stage name of a span, or null
     */
    public Page<TraceSummary> traces(TimeRange range, SpanFilter filter, @Nullable String stage, PageSize size) {
        Answer<SpanRow> found = stage == null
                ? queries.traces(range, filter, size.wanted())
                : queries.slowest(stage, range, filter, size.wanted());
        return Page.of(map(found, TraceSummary::of), range, size);
    }

    /** Log events, newest first. */
    public Page<LogLine> logs(TimeRange range, LogFilter filter, PageSize size) {
        return Page.of(map(queries.logs(range, filter, size.wanted()), LogLine::of), range, size);
    }

    /** The series of one meter that have all of these labels; the limit is on points. */
    public Page<MeterSeries> metrics(String meter, List<Fact> labels, TimeRange range, PageSize size) {
        var found = queries.series(meter, labels, range, size.wanted());
        var page = Page.of(found, range, size);
        return new Page<>(
                page.from(), page.to(), page.offset(), page.more(), MeterSeries.of(page.data()), page.damagedFiles());
    }

    /** How long each stage took in whole minutes. */
    public Page<StageTimes> stages(TimeRange range) {
        Answer<StageTimes> stages = map(queries.stages(range), StageTimes::of);
        return Page.of(stages, range, new PageSize(0, Math.max(1, stages.rows().size())));
    }

    /**
     * All of the latest request of this id; empty if nothing is stored of it.
     *
     * @param tenantId whose request, or null for the latest of any tenant's
     */
    public Optional<RequestStory> request(String requestId, @Nullable String tenantId) {
        return new RequestLookup(queries).find(requestId, tenantId).map(this::story);
    }

    private RequestStory story(RequestLookup.Found found) {
        TraceTree trace = found.root().flatMap(span -> trace(span.traceId())).orElse(null);
        return new RequestStory(
                found.requestId(),
                found.tenantId(),
                found.log().stream().map(LogLine::of).toList(),
                trace,
                found.otherUses(),
                found.damaged());
    }

    /** Why the latest request of this id took as long as it did; empty if nothing is stored of it. */
    public Optional<Slowness> why(String requestId, @Nullable String tenantId) {
        return new SlownessFinder(queries).find(requestId, tenantId);
    }

    private static <A, B> Answer<B> map(Answer<A> answer, Function<A, B> shown) {
        return new Answer<>(answer.rows().stream().map(shown).toList(), answer.setAside());
    }
}
