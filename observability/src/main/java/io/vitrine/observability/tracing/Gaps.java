package io.vitrine.observability.tracing;

import io.opentelemetry.api.common.AttributesBuilder;
import io.vitrine.observability.catalogue.SpanAttributes;

/** Time of one span in which nothing was computed for the request, by cause, in nanoseconds. */
final class Gaps {

    long betweenSteps;
    long requeue;

    void putInto(AttributesBuilder attributes) {
        attributes.put(SpanAttributes.GAP_SCHEDULING, betweenSteps);
        if (requeue > 0) {
            attributes.put(SpanAttributes.GAP_REQUEUE, requeue);
        }
    }
}
