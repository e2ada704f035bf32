package io.vitrine.observability.tracing;

import io.opentelemetry.api.common.Attributes;
import io.vitrine.observability.catalogue.SpanEvent;

/**
 * A time in which requests did not get on, by no fault of their own.
 *
 * @param startEpochNanos since 1970
 */
record Interruption(SpanEvent event, long startEpochNanos, long durationNanos, Attributes attributes) {

    boolean overlaps(long fromEpochNanos, long toEpochNanos) {
        return startEpochNanos <= toEpochNanos && startEpochNanos + durationNanos >= fromEpochNanos;
    }
}
