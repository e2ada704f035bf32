package io.vitrine.observability.tracing;

import java.util.Optional;
import java.util.OptionalLong;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;

/** What the caller decided about its own part of a trace, as its context says. Whether that counts here is another question. */
enum CallerSampling {
    /** There is no caller that has a trace. */
    NONE,
    /** It keeps its part. */
    SAMPLED,
    /** It does not. */
    DROPPED;

    static CallerSampling of(SpanContext parent) {
        if (!parent.isValid()) {
            return NONE;
        }
        return parent.isSampled() ? SAMPLED : DROPPED;
    }

    /**
     * The chance that the caller's trace was kept with; empty if it does not say, or says one with which it would not have been kept.
     */
    static Optional<SampleRatio> ratio(String traceId, TraceState state) {
        OptionalLong threshold = OtelTraceState.of(state).threshold();
        return threshold.isPresent()
                ? Optional.of(new SampleRatio(threshold.getAsLong())).filter(ratio -> ratio.keeps(traceId, state))
                : Optional.empty();
    }
}
