package io.vitrine.observability.tracing;

import io.opentelemetry.api.trace.TraceState;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.TenantTraces;

/**
 * What is known of a trace when its request is over.
 *
 * @param state of the trace as it came in
 * @param caller what the caller decided about its own part
 * @param flagged whether a client that may has asked for it
 * @param prescribed whether the rules or its tenant's policy have all of the tenant's kept
 * @param tenantTraces what its tenant's policy says
 * @param spans how many it would have
 */
record TraceFacts(
        String traceId,
        TraceState state,
        CallerSampling caller,
        boolean flagged,
        boolean prescribed,
        TenantTraces tenantTraces,
        int spans,
        RequestSummary summary) {}
