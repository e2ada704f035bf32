package io.vitrine.observability.tracing;

import io.opentelemetry.api.common.AttributesBuilder;
import io.vitrine.observability.catalogue.SpanAttributes;

/** Time of one span in which none of its children ran, by cause, in nanoseconds. */
final class Gaps {

    long betweenSteps;
    long requeue;
    long recompute;

    void putInto(AttributesBuilder attributes) {
        attributes.put(SpanAttributes.GAP_SCHEDULING, betweenSteps);
        if (requeue > 0) {
            attributes.put(SpanAttributes.GAP_REQUEUE, requeue);
        }
        if (recompute > 0) {
            attributes.put(SpanAttributes.GAP_RECOMPUTE, recompute);
        }
    }
}
