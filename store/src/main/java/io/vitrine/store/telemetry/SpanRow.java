package io.vitrine.store.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * One span of a kept trace.
 *
 * @param parentId null for the root
 * @param tenantId whose request it was, or null for the machine's own; on every span, so that a tenant can be deleted
 * @param attributesJson a JSON object
 */
public record SpanRow(
        String traceId,
        String spanId,
        @Nullable String parentId,
        String name,
        long startEpochNanos,
        long durationNanos,
        @Nullable String tenantId,
        @Nullable String requestId,
        String status,
        String attributesJson)
        implements TelemetryRow {

    @Override
    public Signal signal() {
        return Signal.SPANS;
    }

    @Override
    public long atEpochNanos() {
        return startEpochNanos;
    }

    @Override
    public @Nullable Object[] values() {
        return new @Nullable Object[] {
            traceId, spanId, parentId, name, startEpochNanos, durationNanos, tenantId, requestId, status, attributesJson
        };
    }
}
