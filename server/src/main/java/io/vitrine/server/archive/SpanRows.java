package io.vitrine.server.archive;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.observability.KeptSpan;
import io.vitrine.store.telemetry.SpanRow;

/**
 * From a span to its row. Its JSON has the attributes under their own names, and beside them {@code events}, {@code links} and
 * {@code remote_parent_id} where there are any.
 */
final class SpanRows {

    static final String OK = "ok";
    static final String ERROR = "error";

    private SpanRows() {}

    static SpanRow of(KeptSpan span) {
        return new SpanRow(
                span.traceId(),
                span.spanId(),
                span.parentId().orElse(null),
                span.name(),
                span.startEpochNanos(),
                span.durationNanos(),
                span.tenantId().orElse(null),
                span.requestId().orElse(null),
                span.failed() ? ERROR : OK,
                Json.object(values(span)));
    }

    private static Map<String, Object> values(KeptSpan span) {
        Map<String, Object> values = new LinkedHashMap<>(span.attributes());
        span.remoteParentId().ifPresent(parent -> values.put("remote_parent_id", parent));
        putIfAny(values, "events", span.events().stream().map(SpanRows::event).toList());
        putIfAny(values, "links", span.links().stream().map(SpanRows::link).toList());
        return values;
    }

    private static void putIfAny(Map<String, Object> values, String name, List<Map<String, Object>> things) {
        if (!things.isEmpty()) {
            values.put(name, things);
        }
    }

    private static Map<String, Object> event(KeptSpan.Event event) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", event.name());
        values.put("at_nanos", event.atEpochNanos());
        values.putAll(event.attributes());
        return values;
    }

    private static Map<String, Object> link(KeptSpan.Link link) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("trace_id", link.traceId());
        values.put("span_id", link.spanId());
        values.putAll(link.attributes());
        return values;
    }
}
