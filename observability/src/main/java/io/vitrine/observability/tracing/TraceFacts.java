package io.vitrine.observability.tracing;

import io.opentelemetry.api.trace.TraceState;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.TenantTraces;

/**
 * What is known of a trace when its request is over.
 *
 * @param state of the trace as it came in
 * @param callerKeeps whether the caller sampled its own part
 * @param flagged whether someone who may has asked for it
 * @param tenantTraces what its tenant's policy says
 * @param spans how many it would have
 */
record TraceFacts(
        String traceId,
        TraceState state,
        boolean callerKeeps,
        boolean flagged,
        TenantTraces tenantTraces,
        int spans,
        RequestSummary summary) {}
