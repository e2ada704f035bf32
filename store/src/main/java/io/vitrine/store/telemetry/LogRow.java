package io.vitrine.store.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * One log event.
 *
 * @param message what is found by text search
 * @param attributesJson the remaining fields, a JSON object
 */
public record LogRow(
        long atEpochNanos,
        String level,
        String category,
        String event,
        String message,
        @Nullable String traceId,
        @Nullable String spanId,
        @Nullable String tenantId,
        @Nullable String requestId,
        String attributesJson)
        implements TelemetryRow {

    @Override
    public Signal signal() {
        return Signal.LOGS;
    }

    @Override
    public @Nullable Object[] values() {
        return new @Nullable Object[] {
            atEpochNanos, level, category, event, message, traceId, spanId, tenantId, requestId, attributesJson
        };
    }
}
