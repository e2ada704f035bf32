package io.vitrine.server.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.store.telemetry.SpanRow;

/** A trace in the formats that other tools read. */
final class TraceExport {

    private static final int SERVER_KIND = 2;
    private static final int INTERNAL_KIND = 1;
    private static final int ERROR_CODE = 2;
    private static final double NANOS_PER_MICRO = 1e3;

    private TraceExport() {}

    /** OTLP's JSON: one {@code ExportTraceServiceRequest}. */
    static Map<String, Object> otlp(List<SpanRow> spans, String serviceName) {
        List<Object> resource =
                List.of(attribute(SpanAttributes.SERVICE_NAME.getKey(), Map.of("stringValue", serviceName)));
        return Map.of(
                "resourceSpans",
                List.of(Map.of(
                        "resource",
                        Map.of("attributes", resource),
                        "scopeSpans",
                        List.of(Map.of(
                                "scope",
                                Map.of("name", "io.vitrine"),
                                "spans",
                                spans.stream().map(TraceExport::otlpSpan).toList())))));
    }

    private static Map<String, Object> otlpSpan(SpanRow span) {
        ObjectNode attributes = Attributes.read(span.attributesJson());
        List<JsonNode> events = Attributes.take(attributes, "events");
        List<JsonNode> links = Attributes.take(attributes, "links");
        JsonNode remoteParent = attributes.remove("remote_parent_id");
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("traceId", span.traceId());
        shown.put("spanId", span.spanId());
        if (span.parentId() != null) {
            shown.put("parentSpanId", span.parentId());
        } else if (remoteParent != null) {
            shown.put("parentSpanId", remoteParent.asText());
        }
        shown.put("name", span.name());
        shown.put("kind", span.name().equals(SpanName.GATEWAY_REQUEST.label()) ? SERVER_KIND : INTERNAL_KIND);
        shown.put("startTimeUnixNano", String.valueOf(span.startEpochNanos()));
        shown.put("endTimeUnixNano", String.valueOf(span.startEpochNanos() + span.durationNanos()));
        shown.put("attributes", attributes(attributes));
        shown.put("events", events.stream().map(TraceExport::otlpEvent).toList());
        shown.put("links", links.stream().map(TraceExport::otlpLink).toList());
        shown.put("status", span.status().equals("error") ? Map.of("code", ERROR_CODE) : Map.of());
        return shown;
    }

    private static Map<String, Object> otlpEvent(JsonNode event) {
        ObjectNode attributes = event.deepCopy();
        JsonNode name = attributes.remove("name");
        JsonNode at = attributes.remove("at_nanos");
        return Map.of(
                "name", name == null ? "" : name.asText(),
                "timeUnixNano", at == null ? "0" : at.asText(),
                "attributes", attributes(attributes));
    }

    private static Map<String, Object> otlpLink(JsonNode link) {
        ObjectNode attributes = link.deepCopy();
        JsonNode trace = attributes.remove("trace_id");
        JsonNode span = attributes.remove("span_id");
        return Map.of(
                "traceId", trace == null ? "" : trace.asText(),
                "spanId", span == null ? "" : span.asText(),
                "attributes", attributes(attributes));
    }

    private static List<Object> attributes(ObjectNode values) {
        List<Object> attributes = new ArrayList<>();
        values.properties().forEach(field -> attributes.add(attribute(field.getKey(), value(field.getValue()))));
        return attributes;
    }

    private static Map<String, Object> attribute(String key, Map<String, Object> value) {
        return Map.of("key", key, "value", value);
    }

    private static Map<String, Object> value(JsonNode value) {
        if (value.isBoolean()) {
            return Map.of("boolValue", value.asBoolean());
        }
        if (value.isIntegralNumber()) {
            return Map.of("intValue", value.asText());
        }
        if (value.isNumber()) {
            return Map.of("doubleValue", value.asDouble());
        }
        if (value.isArray()) {
            List<Object> values = new ArrayList<>();
            value.forEach(one -> values.add(value(one)));
            return Map.of("arrayValue", Map.of("values", values));
        }
        return Map.of("stringValue", value.isTextual() ? value.asText() : value.toString());
    }

    /** The trace event format of Chrome, which Perfetto opens: complete events that nest on each of their threads. */
    static Map<String, Object> chrome(TraceShape trace) {
        List<Object> events = new ArrayList<>();
        List<Deque<Long>> tracks = new ArrayList<>();
        int[] trackOf = new int[trace.size()];
        for (int place = 0; place < trace.size(); place++) {
            SpanRow span = trace.span(place);
            long start = trace.offset(place);
            int parent = trace.parent(place);
            int track = track(tracks, parent < 0 ? 0 : trackOf[parent], start, start + span.durationNanos());
            trackOf[place] = track;
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("name", span.name());
            event.put("cat", span.status());
            event.put("ph", "X");
            event.put("ts", start / NANOS_PER_MICRO);
            event.put("dur", span.durationNanos() / NANOS_PER_MICRO);
            event.put("pid", 1);
            event.put("tid", track + 1);
            event.put("args", Attributes.read(span.attributesJson()));
            events.add(event);
        }
        events.add(Map.of(
                "name", "process_name", "ph", "M", "pid", 1, "args", Map.of("name", "trace " + trace.traceId())));
        return Map.of("displayTimeUnit", "ms", "traceEvents", events);
    }

    /** The first track from the parent's on where a span lies inside all that are open there. */
    private static int track(List<Deque<Long>> tracks, int first, long start, long end) {
        for (int track = first; ; track++) {
            if (track == tracks.size()) {
                tracks.add(new ArrayDeque<>());
            }
            Deque<Long> open = tracks.get(track);
            while (!open.isEmpty() && open.peek() <= start) {
                open.pop();
            }
            if (open.isEmpty() || open.peek() >= end) {
                open.push(end);
                return track;
            }
        }
    }
}
