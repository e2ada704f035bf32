package io.vitrine.server.history;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanEvent;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.server.history.Slowness.Interruption;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.SpanRow;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request: from its trace if that was kept, else from its last log event, which every request has.
 *
 * @param stages nanoseconds by stage, in order
 * @param queuedEpochNanos when it began to wait for a slot
 * @param admittedEpochNanos when it got one, or gave up
 */
record RequestFacts(
        String requestId,
        @Nullable String traceId,
        @Nullable String tenantId,
        @Nullable String outcome,
        boolean traceKept,
        long startEpochNanos,
        long endEpochNanos,
        long queuedEpochNanos,
        long admittedEpochNanos,
        Map<String, Long> stages,
        long inputTokens,
        long cachedTokens,
        List<Interruption> interruptions,
        int preemptions) {

    private static final double NANOS_PER_MILLI = 1e6;
    /** What follows the first token, where only a log event tells. */
    private static final String AFTER_FIRST_TOKEN = "decode";

    /** Whether both are about one request: ids are the clients', and may be used twice. */
    boolean isSameAs(RequestFacts other) {
        return requestId.equals(other.requestId)
                && Objects.equals(tenantId, other.tenantId)
                && Objects.equals(traceId, other.traceId);
    }

    long durationNanos() {
        return endEpochNanos - startEpochNanos;
    }

    /** From the spans of its trace. */
    static RequestFacts of(SpanRow root, List<SpanRow> spans) {
        Optional<SpanRow> queue = first(spans, SpanName.QUEUE_ENQUEUE);
        ObjectNode attributes = Attributes.read(root.attributesJson());
        ObjectNode inference = first(spans, SpanName.INFERENCE_PROCESS)
                .map(span -> Attributes.read(span.attributesJson()))
                .orElse(attributes);
        long start = root.startEpochNanos();
        return new RequestFacts(
                Optional.ofNullable(root.requestId()).orElse(""),
                root.traceId(),
                root.tenantId(),
                Attributes.text(attributes, SpanAttributes.OUTCOME),
                true,
                start,
                start + root.durationNanos(),
                queue.map(SpanRow::startEpochNanos).orElse(start),
                queue.map(span -> span.startEpochNanos() + span.durationNanos()).orElse(start),
                CriticalPath.of(root, spans),
                Attributes.number(inference, SpanAttributes.INPUT_TOKENS),
                Attributes.number(inference, SpanAttributes.CACHED_TOKENS),
                events(List.of(root))
                        .filter(RequestFacts::isInterruption)
                        .map(RequestFacts::interruption)
                        .toList(),
                (int) events(spans)
                        .filter(event -> is(event, SpanEvent.PREEMPTED))
                        .count());
    }

    /** From its last log event; empty if that is not among these. */
    static Optional<RequestFacts> of(List<LogRow> log) {
        return log.stream()
                .filter(row -> row.event().equals(EventName.REQUEST_COMPLETED.label()))
                .findFirst()
                .map(RequestFacts::of);
    }

    /** From a request's last log event. */
    static RequestFacts of(LogRow completed) {
        ObjectNode fields = Attributes.read(completed.attributesJson());
        long duration = nanos(fields, LogField.DURATION_MS);
        long queue = nanos(fields, LogField.QUEUE_TIME_MS);
        long firstToken = fields.has(LogField.TTFT_MS.key()) ? nanos(fields, LogField.TTFT_MS) : duration;
        long end = completed.atEpochNanos();
        long start = end - duration;
        Map<String, Long> stages = new LinkedHashMap<>();
        putIfAny(stages, SpanName.QUEUE_ENQUEUE.label(), queue);
        putIfAny(stages, SpanName.PREFILL.label(), firstToken - queue);
        putIfAny(stages, AFTER_FIRST_TOKEN, duration - firstToken);
        return new RequestFacts(
                Optional.ofNullable(completed.requestId()).orElse(""),
                completed.traceId(),
                completed.tenantId(),
                Attributes.text(fields, LogField.OUTCOME),
                false,
                start,
                end,
                start,
                start + queue,
                stages,
                (long) Attributes.number(fields, LogField.INPUT_TOKENS),
                (long) Attributes.number(fields, LogField.CACHED_TOKENS),
                List.of(),
                0);
    }

    private static long nanos(ObjectNode fields, LogField millis) {
        return Math.round(Attributes.number(fields, millis) * NANOS_PER_MILLI);
    }

    private static void putIfAny(Map<String, Long> stages, String stage, long nanos) {
        if (nanos > 0) {
            stages.put(stage, nanos);
        }
    }

    private static Optional<SpanRow> first(List<SpanRow> spans, SpanName name) {
        return spans.stream().filter(span -> span.name().equals(name.label())).findFirst();
    }

    private static Stream<JsonNode> events(List<SpanRow> spans) {
        return spans.stream()
                .flatMap(span -> Attributes.take(Attributes.read(span.attributesJson()), "events").stream());
    }

    private static boolean isInterruption(JsonNode event) {
        return is(event, SpanEvent.GC_PAUSE) || is(event, SpanEvent.EVENT_LOOP_STALL);
    }

    private static boolean is(JsonNode event, SpanEvent kind) {
        return event.path("name").asText().equals(kind.label());
    }

    private static Interruption interruption(JsonNode event) {
        return new Interruption(
                event.path("name").asText(),
                Moments.text(event.path("at_nanos").asLong()),
                Moments.millis(event.path(SpanAttributes.DURATION.getKey()).asLong()));
    }
}
