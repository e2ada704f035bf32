package io.vitrine.server.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.store.telemetry.LogRow;
import org.jspecify.annotations.Nullable;

/**
 * A log event.
 *
 * @param message what text search looks through
 * @param fields the others, as the line in the log has them
 */
@JsonInclude(Include.NON_NULL)
public record LogLine(
        String at,
        String level,
        String category,
        String event,
        String message,
        @Nullable String traceId,
        @Nullable String spanId,
        @Nullable String tenantId,
        @Nullable String requestId,
        ObjectNode fields) {

    public static LogLine of(LogRow row) {
        return new LogLine(
                Moments.text(row.atEpochNanos()),
                row.level(),
                row.category(),
                row.event(),
                row.message(),
                row.traceId(),
                row.spanId(),
                row.tenantId(),
                row.requestId(),
                Attributes.read(row.attributesJson()));
    }
}
