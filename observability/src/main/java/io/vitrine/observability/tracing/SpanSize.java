package io.vitrine.observability.tracing;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vitrine.observability.otlp.WireSize;

import static io.vitrine.observability.otlp.WireSize.attributes;
import static io.vitrine.observability.otlp.WireSize.text;

/** Most bytes that a span takes in OTLP's Protobuf. */
final class SpanSize {

    private SpanSize() {}

    static long of(SpanData span) {
        long size = WireSize.FIXED + text(span.getName()) + attributes(span.getAttributes());
        size += text(span.getStatus().getDescription()) + traceState(span.getSpanContext());
        size += span.getEvents().stream()
                .mapToLong(event -> WireSize.FIXED + text(event.getName()) + attributes(event.getAttributes()))
                .sum();
        return size
                + span.getLinks().stream()
                        .mapToLong(link ->
                                WireSize.FIXED + attributes(link.getAttributes()) + traceState(link.getSpanContext()))
                        .sum();
    }

    private static long traceState(SpanContext context) {
        long[] size = {0};
        context.getTraceState().forEach((key, value) -> size[0] += text(key) + text(value));
        return size[0];
    }
}
