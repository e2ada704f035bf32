package io.vitrine.observability.tracing;

import io.opentelemetry.api.trace.TraceState;
import io.vitrine.observability.RequestSummary;

/**
 * What is known of a trace when its request is over.
 *
 * @param state of the trace as it came in
 * @param callerKeeps whether the caller sampled its own part
 * @param flagged whether someone who may has asked for it
 * @param spans how many it would have
 */
record TraceFacts(
        String traceId, TraceState state, boolean callerKeeps, boolean flagged, int spans, RequestSummary summary) {}
