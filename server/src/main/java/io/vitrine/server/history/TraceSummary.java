package io.vitrine.server.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.store.telemetry.SpanRow;
import org.jspecify.annotations.Nullable;

/**
 * A trace in a list, by its root, or by the span that was asked for.
 *
 * @param name of that span
 * @param keptBecause why the trace was kept
 */
@JsonInclude(Include.NON_NULL)
public record TraceSummary(
        String traceId,
        @Nullable String requestId,
        @Nullable String tenantId,
        String name,
        String start,
        double durationMs,
        String status,
        @Nullable String route,
        @Nullable String outcome,
        @Nullable String keptBecause) {

    static TraceSummary of(SpanRow span) {
        ObjectNode attributes = Attributes.read(span.attributesJson());
        return new TraceSummary(
                span.traceId(),
                span.requestId(),
                span.tenantId(),
                span.name(),
                Moments.text(span.startEpochNanos()),
                Moments.millis(span.durationNanos()),
                span.status(),
                Attributes.text(attributes, SpanAttributes.HTTP_ROUTE),
                Attributes.text(attributes, SpanAttributes.OUTCOME),
                Attributes.text(attributes, SpanAttributes.KEPT_BECAUSE));
    }
}
