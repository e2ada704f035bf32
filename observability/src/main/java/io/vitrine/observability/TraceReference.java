package io.vitrine.observability;

/**
 * Where a request stands among the traces: for its log line, and for exemplars, which may name only a trace that was kept.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId of the request's root span here, 16 hexadecimal digits
 * @param kept whether it goes to the back-ends
 */
public record TraceReference(String traceId, String spanId, boolean kept) {}
