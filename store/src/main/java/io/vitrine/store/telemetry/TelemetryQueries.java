package io.vitrine.store.telemetry;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Everything that can be asked of stored telemetry. Hot, warm and cold answer alike; only the files whose day lies in the range are
 * opened. Rows are visible once written, at most {@link TelemetrySettings#gatherTime} and one transaction after they were recorded.
 *
 * <p>Runs on the caller's thread and may read for seconds, though not longer than {@link TelemetrySettings#queryLimit}: not for an event
 * loop.
 */
public final class TelemetryQueries {
    /** Spans of one trace at most; the first ones are given. */
    public static final int TRACE_LIMIT = 100_000;

    private static final Comparator<SpanRow> BY_START = Comparator.comparingLong(SpanRow::startEpochNanos);
    private static final Comparator<LogRow> BY_TIME = Comparator.comparingLong(LogRow::atEpochNanos);

    private final TierReader reader;

    TelemetryQueries(TierReader reader) {
        this.reader = reader;
    }

    /** All spans of one trace that began in the range, by the time they began. */
    public Answer<SpanRow> trace(String traceId, TimeRange range) {
        return reader.ask(ofTrace(traceId, range));
    }

    /** All spans of one trace, whenever it was; the latest day that has any, and the one before: it may have begun before midnight. */
    public Answer<SpanRow> trace(String traceId) {
        return reader.askLatest(Signal.SPANS, BY_START, day -> ofTrace(traceId, day));
    }

    /** One span of a trace; of the latest day that has it, and of the one before. */
    public Answer<SpanRow> span(String traceId, String spanId) {
        return reader.askLatest(Signal.SPANS, BY_START, day -> ofTrace(traceId, day)
                .where("span_id = ?", spanId)
                .limitedTo(1));
    }

    private static Question<SpanRow> ofTrace(String traceId, TimeRange range) {
        return new Question<>(Signal.SPANS, range, Mappers::span, "at_nanos", BY_START)
                .where("trace_id = ?", traceId)
                .limitedTo(TRACE_LIMIT);
    }

    /** The root of one request's trace, whenever it was; none if it was not kept. Of several requests of that name the latest is first. */
    public Answer<SpanRow> root(String requestId) {
        return root(requestId, null, null);
    }

    /** The same, of one tenant and one trace; null is any. */
    public Answer<SpanRow> root(String requestId, @Nullable String tenantId, @Nullable String traceId) {
        Comparator<SpanRow> latestFirst = BY_START.reversed();
        return reader.askLatest(Signal.SPANS, latestFirst, day -> new Question<>(
                        Signal.SPANS, day, Mappers::span, "at_nanos DESC", latestFirst)
                .where("parent_id IS NULL")
                .where("request_id = ?", requestId)
                .where("tenant_id = ?", tenantId)
                .where("trace_id = ?", traceId)
                .limitedTo(1));
    }

    /** Log events of the latest day that has any, and of the one before, newest first. */
    public Answer<LogRow> latestLogs(LogFilter filter, int limit) {
        Comparator<LogRow> latestFirst = BY_TIME.reversed();
        return reader.askLatest(
                Signal.LOGS, latestFirst, day -> ofLogs(day, filter, limit, "at_nanos DESC", latestFirst));
    }

    /** The log events of one request, whenever it was, oldest first. */
    public Answer<LogRow> logs(String requestId, int limit) {
        return reader.askLatest(
                Signal.LOGS, BY_TIME, day -> ofLogs(day, LogFilter.request(requestId), limit, "at_nanos", BY_TIME));
    }

    /** The roots of traces, newest first. */
    public Answer<SpanRow> traces(TimeRange range, SpanFilter filter, int limit) {
        return reader.ask(filtered(
                        new Question<>(
                                        Signal.SPANS,
                                        range,
                                        Mappers::span,
                                        "at_nanos DESC",
                                        Comparator.comparingLong(SpanRow::startEpochNanos)
                                                .reversed())
                                .where("parent_id IS NULL"),
                        filter)
                .limitedTo(limit));
    }

    /** The spans of one stage, by its span name, that took longest; the longest first. */
    public Answer<SpanRow> slowest(String spanName, TimeRange range, SpanFilter filter, int limit) {
        return reader.ask(filtered(
                        new Question<>(
                                        Signal.SPANS,
                                        range,
                                        Mappers::span,
                                        "duration_nanos DESC",
                                        Comparator.comparingLong(SpanRow::durationNanos)
                                                .reversed())
                                .where("name = ?", spanName),
                        filter)
                .limitedTo(limit));
    }

    private static Question<SpanRow> filtered(Question<SpanRow> question, SpanFilter filter) {
        question.where("tenant_id = ?", filter.tenantId()).where("duration_nanos >= ?", filter.minDurationNanos());
        filter.facts().forEach(fact -> question.where("instr(attributes, ?) > 0", fact.json()));
        return question;
    }

    /**
     * How long each stage took. Over whole minutes: the range begins with the minute that it begins in and ends with the one that it
     * ends in. The names of stages are in order.
     */
    public Answer<StageSummary> stages(TimeRange range) {
        return reader.stages(range);
    }

    /** Log events, newest first. */
    public Answer<LogRow> logs(TimeRange range, LogFilter filter, int limit) {
        return reader.ask(ofLogs(range, filter, limit, "at_nanos DESC", BY_TIME.reversed()));
    }

    /** Log events of some categories, newest first. */
    public Answer<LogRow> logsOf(TimeRange range, List<String> categories, int limit) {
        Question<LogRow> question =
                new Question<>(Signal.LOGS, range, Mappers::log, "at_nanos DESC", BY_TIME.reversed());
        String places = String.join(", ", Collections.nCopies(categories.size(), "?"));
        return reader.ask(
                question.whereIn("category IN (" + places + ")", categories).limitedTo(limit));
    }

    /** The spans of a name, newest first. */
    public Answer<SpanRow> spans(String spanName, TimeRange range, int limit) {
        return reader.ask(new Question<>(Signal.SPANS, range, Mappers::span, "at_nanos DESC", BY_START.reversed())
                .where("name = ?", spanName)
                .limitedTo(limit));
    }

    /** Log events, oldest first. */
    public Answer<LogRow> firstLogs(TimeRange range, LogFilter filter, int limit) {
        return reader.ask(ofLogs(range, filter, limit, "at_nanos", BY_TIME));
    }

    private static Question<LogRow> ofLogs(
            TimeRange range, LogFilter filter, int limit, String order, Comparator<LogRow> comparator) {
        return new Question<>(Signal.LOGS, range, Mappers::log, order, comparator)
                .where("request_id = ?", filter.requestId())
                .where("level = ?", filter.level())
                .where("event = ?", filter.event())
                .where("tenant_id = ?", filter.tenantId())
                .where("trace_id = ?", filter.traceId())
                .messageHas(filter.text())
                .limitedTo(limit);
    }

    /** The readings of the series of one meter that have all of these labels, oldest first. */
    public Answer<SampleRow> series(String meter, List<Fact> labels, TimeRange range, int limit) {
        Question<SampleRow> question = new Question<>(
                        Signal.SAMPLES,
                        range,
                        Mappers::sample,
                        "at_nanos",
                        Comparator.comparingLong(SampleRow::atEpochNanos))
                .where("meter = ?", meter);
        labels.forEach(label -> question.where("instr(labels, ?) > 0", label.json()));
        return reader.ask(question.limitedTo(limit));
    }

    /** The steps of the engine, oldest first. */
    public Answer<StepRow> steps(TimeRange range, int limit) {
        return reader.ask(new Question<>(
                        Signal.STEPS, range, Mappers::step, "at_nanos", Comparator.comparingLong(StepRow::atEpochNanos))
                .limitedTo(limit));
    }

    /** What was read from the GPUs, oldest first. */
    public Answer<GpuRow> gpu(TimeRange range, int limit) {
        return reader.ask(new Question<>(
                        Signal.GPU, range, Mappers::gpu, "at_nanos", Comparator.comparingLong(GpuRow::atEpochNanos))
                .limitedTo(limit));
    }
}
