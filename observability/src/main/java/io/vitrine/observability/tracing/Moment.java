package io.vitrine.observability.tracing;

import io.vitrine.observability.catalogue.SpanEvent;

/**
 * Something that happened at one time.
 *
 * @param tokens it was about; 0 for none
 */
record Moment(SpanEvent event, long atNanos, int tokens) {}
