package io.vitrine.server.history;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.store.telemetry.Answer;
import io.vitrine.store.telemetry.Fact;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.SpanFilter;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.StoredFile;
import io.vitrine.store.telemetry.TelemetryQueries;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * The questions that can be asked of stored telemetry, and their answers as they are shown. Reads files on the caller's thread, for as
 * long as the store's limit at most: not for an event loop.
 */
public final class TelemetryHistory {

    private final TelemetryQueries queries;
    private final Tail tail;
    private final Supplier<List<StoredFile>> files;
    private final RecentShapes windows = new RecentShapes();

    /**
     * Asks a store.
     *
     * @param tail what is stored from now on
     * @param files that there are
     */
    public TelemetryHistory(TelemetryQueries queries, Tail tail, Supplier<List<StoredFile>> files) {
        this.queries = queries;
        this.tail = tail;
        this.files = files;
    }

    /** The files of every tier, oldest first each. */
    public List<StoredFile> files() {
        return files.get();
    }

    /** What is stored, as it comes. */
    public Tail tail() {
        return tail;
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

    /** A part of a trace, as detailed as so many pixels can show; empty if it is not stored or not to be seen. */
    public Optional<TraceWindow> window(
            String traceId, Predicate<@Nullable String> sees, @Nullable Long from, @Nullable Long to, WindowSize size) {
        return windows.find(traceId, () -> queries.trace(traceId).rows())
                .filter(trace -> sees.test(trace.tenantId()))
                .map(trace -> {
                    long first = from == null ? 0 : Math.min(from, trace.durationNanos());
                    long last = to == null ? trace.durationNanos() : Math.max(first, to);
                    return TraceWindow.of(trace, first, last, size.pixels(), size.spans());
                });
    }

    /**
     * How much of a trace is shown.
     *
     * @param spans one by one, at most
     */
    public record WindowSize(int pixels, int spans) {}

    /** One span with its attributes. */
    public Optional<SpanNode> span(String traceId, String spanId, Predicate<@Nullable String> sees) {
        return queries.span(traceId, spanId).rows().stream()
                .filter(span -> sees.test(span.tenantId()))
                .findFirst()
                .map(span -> SpanNode.of(span, span.startEpochNanos(), List.of()));
    }

    /** Two traces compared; empty if one of them is not there. */
    public Optional<TraceDifference> difference(String left, String right, Predicate<@Nullable String> sees) {
        return shape(left, sees).flatMap(one -> shape(right, sees).map(other -> TraceDifference.of(one, other)));
    }

    /** A trace for another tool; empty if it is not there. */
    public Optional<Map<String, Object>> export(String traceId, ExportFormat format, Predicate<@Nullable String> sees) {
        return shape(traceId, sees).map(trace -> switch (format) {
            case OTLP -> TraceExport.otlp(queries.trace(traceId).rows(), "vitrine");
            case CHROME -> TraceExport.chrome(trace);
        });
    }

    /** What the engine did. */
    public EngineHistory engine() {
        return new EngineHistory(queries);
    }

    /** What happened to the server; the latest items of a time. */
    public Timeline timeline(TimeRange range, int most) {
        List<String> categories =
                Timeline.CATEGORIES.stream().map(LogCategory::label).toList();
        Answer<LogRow> found = queries.logsOf(range, categories, most + 1);
        boolean more = found.rows().size() > most;
        return Timeline.of(more ? found.rows().subList(0, most) : found.rows(), more, found.setAside());
    }

    /** Who ran beside the latest request of this id; empty if nothing is stored of it. */
    public Optional<Neighbours> neighbours(
            String requestId, @Nullable String tenantId, Predicate<@Nullable String> sees) {
        return RequestNeighbourhood.of(queries, requestId, tenantId).map(found -> found.neighbours(sees));
    }

    /** When the tokens of the latest request of this id came; empty if nothing is stored of it. */
    public Optional<TokenTimes> tokens(String requestId, @Nullable String tenantId) {
        return RequestNeighbourhood.of(queries, requestId, tenantId).map(RequestNeighbourhood::tokens);
    }

    /** What other tools read. */
    public enum ExportFormat {
        OTLP,
        CHROME
    }

    private Optional<TraceShape> shape(String traceId, Predicate<@Nullable String> sees) {
        List<SpanRow> rows = queries.trace(traceId).rows();
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new TraceShape(rows)).filter(trace -> sees.test(trace.tenantId()));
    }

    /**
     * The search of requests and log events.
     *
     * @param mostRows that one search reads
     */
    public RequestSearch search(int mostRows) {
        return new RequestSearch(queries, mostRows);
    }

    private static <A, B> Answer<B> map(Answer<A> answer, Function<A, B> shown) {
        return new Answer<>(answer.rows().stream().map(shown).toList(), answer.setAside());
    }
}
