package io.vitrine.store.telemetry;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Rows for tests. */
final class Rows {
    private Rows() {}

    static long at(String instant) {
        return TimeRange.nanos(Instant.parse(instant));
    }

    static SpanRow root(String traceId, String at, long millis, String tenant) {
        return span(traceId, "root", null, "gateway_request", at, millis, tenant);
    }

    static SpanRow span(
            String traceId, String spanId, String parentId, String name, String at, long millis, String tenant) {
        return new SpanRow(
                traceId,
                spanId,
                parentId,
                name,
                at(at),
                TimeUnit.MILLISECONDS.toNanos(millis),
                tenant,
                "req-" + traceId,
                "OK",
                "{\"n\":1}");
    }

    static LogRow log(String at, String message, String tenant) {
        return new LogRow(
                at(at), "INFO", "inference", "inference_completed", message, null, null, tenant, "req-1", "{}");
    }
}
