package io.vitrine.observability.tracing;

import java.util.OptionalLong;

import io.opentelemetry.api.trace.TraceState;

/**
 * A chance of being kept, in the form of OpenTelemetry's consistent sampling: a trace has a random number of 56 bits, the last
 * of its id unless its state brings one, and is kept if that is not below a threshold. So two servers with the same ratio keep
 * the same traces, and the threshold, which travels with the trace, says how many others it stands for.
 *
 * @param threshold from 0, which keeps all, to 2^56, which keeps nothing
 */
record SampleRatio(long threshold) {

    private static final long RANGE = 1L << 56;

    /** Keeps the part {@code ratio} of all traces. */
    static SampleRatio of(double ratio) {
        return new SampleRatio(Math.round((1 - ratio) * RANGE));
    }

    boolean keeps(String traceId, TraceState state) {
        return randomness(traceId, OtelTraceState.of(state)) >= threshold;
    }

    /** The threshold of two samplers, one after the other, of which each decides by the same random number. */
    SampleRatio and(SampleRatio other) {
        return threshold >= other.threshold ? this : other;
    }

    /** How many traces one that is kept stands for. */
    double adjustedCount() {
        return (double) RANGE / (RANGE - threshold);
    }

    /** The state of a kept trace. */
    TraceState writtenTo(TraceState state) {
        return OtelTraceState.of(state).with(OptionalLong.of(threshold)).writtenTo(state);
    }

    private static long randomness(String traceId, OtelTraceState state) {
        return state.randomness()
                .orElseGet(() -> Long.parseLong(traceId.substring(traceId.length() - OtelTraceState.DIGITS), 16));
    }
}
