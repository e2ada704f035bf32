package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.store.telemetry.Answer;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.StepRow;
import io.vitrine.store.telemetry.TelemetryQueries;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** What the engine did: its steps, who had which slot, and what the scheduler decided. Reads files on the caller's thread. */
public final class EngineHistory {

    private static final int MOST_STEPS = 100_000;
    private static final int MOST_RUNS = 5_000;
    private static final int LATEST_DECISIONS = 200;

    private final TelemetryQueries queries;

    EngineHistory(TelemetryQueries queries) {
        this.queries = queries;
    }

    /** The steps of a time, oldest first. */
    public Page<StepLine> steps(TimeRange range, PageSize size) {
        Answer<StepRow> found = queries.steps(range, size.wanted());
        return Page.of(new Answer<>(found.rows().stream().map(StepLine::of).toList(), found.setAside()), range, size);
    }

    /**
     * The steps of a time, added up.
     *
     * @param complete false if there were more steps than are read at once: the last ones are missing
     */
    public record Columns(String from, String to, double columnMs, List<Column> columns, int steps, boolean complete) {}

    /** The steps that began in one column; of a column without any there is none. */
    public record Column(
            String at,
            int steps,
            double meanMs,
            double maxMs,
            double modelMs,
            double samplingMs,
            int prefillTokens,
            int decodeTokens,
            double batchMean,
            int waitingMax,
            int preempted) {}

    /** The steps of a time in so many columns. */
    public Columns columns(TimeRange range, int count) {
        List<StepRow> rows = queries.steps(range, MOST_STEPS).rows();
        long width = Math.max(1, (range.toEpochNanos() - range.fromEpochNanos()) / count);
        Map<Long, List<StepRow>> byColumn = new TreeMap<>();
        for (StepRow row : rows) {
            long column = (row.atEpochNanos() - range.fromEpochNanos()) / width;
            byColumn.computeIfAbsent(column, key -> new ArrayList<>()).add(row);
        }
        List<Column> columns = new ArrayList<>();
        byColumn.forEach((column, steps) -> columns.add(column(range.fromEpochNanos() + column * width, steps)));
        return new Columns(
                Moments.text(range.fromEpochNanos()),
                Moments.text(range.toEpochNanos()),
                Moments.millis(width),
                columns,
                rows.size(),
                rows.size() < MOST_STEPS);
    }

    private static Column column(long at, List<StepRow> steps) {
        long model = 0;
        long sampling = 0;
        int prefill = 0;
        int decode = 0;
        int waiting = 0;
        int preempted = 0;
        for (StepRow step : steps) {
            ObjectNode values = Attributes.read(step.attributesJson());
            model += values.path("model_ns").asLong();
            sampling += values.path("sampling_ns").asLong();
            prefill += values.path("prefill_tokens").asInt();
            decode += values.path("decode_tokens").asInt();
            waiting = Math.max(waiting, values.path("waiting").asInt());
            preempted += values.path("preempted").asInt();
        }
        var durations = steps.stream().mapToLong(StepRow::durationNanos).summaryStatistics();
        return new Column(
                Moments.text(at),
                steps.size(),
                durations.getAverage() / 1e6,
                Moments.millis(durations.getMax()),
                Moments.millis(model),
                Moments.millis(sampling),
                prefill,
                decode,
                steps.stream().mapToInt(StepRow::batchSize).average().orElse(0),
                waiting,
                preempted);
    }

    /**
     * Who had which slot, from the traces that were kept.
     *
     * @param runs oldest first
     * @param more whether there were more than are given
     */
    public record Slots(String from, String to, List<Run> runs, boolean more) {}

    /** A request in a slot; times are from the beginning of the range. */
    @JsonInclude(Include.NON_NULL)
    public record Run(
            long slot,
            @Nullable String requestId,
            @Nullable String tenantId,
            String traceId,
            double fromMs,
            double toMs,
            @Nullable String finishReason) {}

    /** The slots in a time. */
    public Slots slots(TimeRange range) {
        List<SpanRow> spans = queries.spans(SpanName.MODEL_GENERATE.label(), range, MOST_RUNS + 1)
                .rows();
        List<Run> runs = spans.stream()
                .limit(MOST_RUNS)
                .map(span -> run(range, span))
                .sorted(Comparator.comparingDouble(Run::fromMs))
                .toList();
        return new Slots(
                Moments.text(range.fromEpochNanos()),
                Moments.text(range.toEpochNanos()),
                runs,
                spans.size() > MOST_RUNS);
    }

    private static Run run(TimeRange range, SpanRow span) {
        ObjectNode attributes = Attributes.read(span.attributesJson());
        long from = span.startEpochNanos() - range.fromEpochNanos();
        return new Run(
                Attributes.number(attributes, SpanAttributes.SLOT),
                span.requestId(),
                span.tenantId(),
                span.traceId(),
                Moments.millis(from),
                Moments.millis(from + span.durationNanos()),
                Attributes.text(attributes, SpanAttributes.FINISH_REASON));
    }

    /** What the scheduler decided: how often for each reason, and the latest decisions, newest first. */
    public record Decisions(List<Reason> reasons, List<Decision> latest, boolean complete) {}

    /** How often something was decided. */
    public record Reason(String reason, long count) {}

    /** A decision of a step about a request. */
    public record Decision(String at, String requestId, String reason) {}

    /** The decisions of a time. */
    public Decisions decisions(TimeRange range) {
        List<StepRow> steps = queries.steps(range, MOST_STEPS).rows();
        Map<String, Long> counts = new TreeMap<>();
        List<Decision> latest = new ArrayList<>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            StepRow step = steps.get(i);
            if (!step.attributesJson().contains("\"decisions\"")) {
                continue;
            }
            for (JsonNode decision : Attributes.read(step.attributesJson()).path("decisions")) {
                String reason = decision.path("reason").asText();
                counts.merge(reason, 1L, Long::sum);
                if (latest.size() < LATEST_DECISIONS) {
                    latest.add(new Decision(
                            Moments.text(step.atEpochNanos()),
                            decision.path("request_id").asText(),
                            reason));
                }
            }
        }
        List<Reason> reasons = counts.entrySet().stream()
                .map(entry -> new Reason(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingLong(Reason::count).reversed())
                .toList();
        return new Decisions(reasons, latest, steps.size() < MOST_STEPS);
    }
}
