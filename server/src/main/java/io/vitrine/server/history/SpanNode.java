package io.vitrine.server.history;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.store.telemetry.SpanRow;

/**
 * A span and those below it, by the time they began.
 *
 * @param offsetMs from the start of the trace
 */
@JsonInclude(Include.NON_EMPTY)
public record SpanNode(
        String spanId,
        String name,
        String start,
        @JsonInclude double offsetMs,
        @JsonInclude double durationMs,
        String status,
        ObjectNode attributes,
        List<JsonNode> events,
        List<JsonNode> links,
        List<SpanNode> children) {

    static SpanNode of(SpanRow span, long traceStart, List<SpanNode> children) {
        ObjectNode attributes = Attributes.read(span.attributesJson());
        List<JsonNode> events = Attributes.take(attributes, "events");
        List<JsonNode> links = Attributes.take(attributes, "links");
        return new SpanNode(
                span.spanId(),
                span.name(),
                Moments.text(span.startEpochNanos()),
                Moments.millis(span.startEpochNanos() - traceStart),
                Moments.millis(span.durationNanos()),
                span.status(),
                attributes,
                events,
                links,
                children);
    }
}
