package io.vitrine.observability;

import io.vitrine.observability.catalogue.SpanLoss;

/** What tracing tells of itself, read at each scrape, on the scraping thread. Counts never fall. */
public interface TracingStats {

    /** Of a server that makes no spans. */
    TracingStats NONE = new TracingStats() {};

    /** Spans of kept traces, handed to the exporters so far. */
    default long keptCount() {
        return 0;
    }

    /** Spans dropped so far. */
    default long droppedCount(SpanLoss reason) {
        return 0;
    }

    /** Kept spans that wait to be exported. */
    default long waitingCount() {
        return 0;
    }

    /** How long the oldest span that waits has waited. */
    default double lagSeconds() {
        return 0;
    }
}
