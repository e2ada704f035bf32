package io.vitrine.observability.tracing;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.IdGenerator;

/** Makes ids, at random. */
final class SpanIds {

    private static final IdGenerator RANDOM = IdGenerator.random();

    private SpanIds() {}

    /** The first span of a new trace. */
    static SpanContext newTrace() {
        return SpanContext.create(
                RANDOM.generateTraceId(), RANDOM.generateSpanId(), TraceFlags.getSampled(), TraceState.getDefault());
    }

    /** Another span of the same trace. */
    static SpanContext childOf(SpanContext span) {
        return SpanContext.create(
                span.getTraceId(), RANDOM.generateSpanId(), span.getTraceFlags(), span.getTraceState());
    }
}
