package io.vitrine.store.telemetry;

import java.util.Comparator;

import org.jspecify.annotations.Nullable;

/**
 * Everything that can be asked of stored telemetry. Hot, warm and cold answer alike; only the files whose day lies in the range are
 * opened. Rows are visible once written, at most {@link TelemetrySettings#gatherTime} and one transaction after they were recorded.
 *
 * <p>Runs on the caller's thread and may read for seconds: not for an event loop.
 */
public final class TelemetryQueries {
    /** Spans of one trace at most; the first ones are given. */
    public static final int TRACE_LIMIT = 100_000;

    private final TierReader reader;

    TelemetryQueries(TierReader reader) {
        this.reader = reader;
    }

    /** All spans of one trace that began in the range, by the time they began. */
    public Answer<SpanRow> trace(String traceId, TimeRange range) {
        return reader.ask(new Question<>(
                        Signal.SPANS,
                        range,
                        Mappers::span,
                        "at_nanos",
                        Comparator.comparingLong(SpanRow::startEpochNanos))
                .where("trace_id = ?", traceId)
                .limitedTo(TRACE_LIMIT));
    }

    /**
     * The roots of traces, newest first.
     *
     * @param tenantId one tenant's, or null for all
     * @param minDurationNanos only those that took as long
     */
    public Answer<SpanRow> traces(TimeRange range, @Nullable String tenantId, long minDurationNanos, int limit) {
        return reader.ask(new Question<>(
                        Signal.SPANS,
                        range,
                        Mappers::span,
                        "at_nanos DESC",
                        Comparator.comparingLong(SpanRow::startEpochNanos).reversed())
                .where("parent_id IS NULL")
                .where("tenant_id = ?", tenantId)
                .where("duration_nanos >= ?", minDurationNanos)
                .limitedTo(limit));
    }

    /** The spans of one stage, by its span name, that took longest; the longest first. */
    public Answer<SpanRow> slowest(String spanName, TimeRange range, int limit) {
        return reader.ask(new Question<>(
                        Signal.SPANS,
                        range,
                        Mappers::span,
                        "duration_nanos DESC",
                        Comparator.comparingLong(SpanRow::durationNanos).reversed())
                .where("name = ?", spanName)
                .limitedTo(limit));
    }

    /**
     * Log events, newest first.
     *
     * @param text words that must all be in the message, or null for any message
     * @param requestId one request's, or null for all
     */
    public Answer<LogRow> logs(TimeRange range, @Nullable String text, @Nullable String requestId, int limit) {
        return reader.ask(new Question<>(
                        Signal.LOGS,
                        range,
                        Mappers::log,
                        "at_nanos DESC",
                        Comparator.comparingLong(LogRow::atEpochNanos).reversed())
                .where("request_id = ?", requestId)
                .messageHas(text)
                .limitedTo(limit));
    }

    /** The readings of all series of one meter, oldest first. */
    public Answer<SampleRow> series(String meter, TimeRange range, int limit) {
        return reader.ask(new Question<>(
                        Signal.SAMPLES,
                        range,
                        Mappers::sample,
                        "at_nanos",
                        Comparator.comparingLong(SampleRow::atEpochNanos))
                .where("meter = ?", meter)
                .limitedTo(limit));
    }

    /** The steps of the engine, oldest first. */
    public Answer<StepRow> steps(TimeRange range, int limit) {
        return reader.ask(new Question<>(
                        Signal.STEPS, range, Mappers::step, "at_nanos", Comparator.comparingLong(StepRow::atEpochNanos))
                .limitedTo(limit));
    }

    /** What was read from one GPU, oldest first. */
    public Answer<GpuRow> gpu(String gpuId, TimeRange range, int limit) {
        return reader.ask(new Question<>(
                        Signal.GPU, range, Mappers::gpu, "at_nanos", Comparator.comparingLong(GpuRow::atEpochNanos))
                .where("gpu_id = ?", gpuId)
                .limitedTo(limit));
    }
}
