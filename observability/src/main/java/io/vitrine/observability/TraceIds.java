package io.vitrine.observability;

/**
 * Where a request stands among the traces, whether its own is kept or not.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId of the request's root span here, 16 hexadecimal digits
 */
public record TraceIds(String traceId, String spanId) {}
