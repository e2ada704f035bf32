package io.vitrine.observability;

import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.KeepReason;
import io.vitrine.observability.catalogue.SpanLoss;

/** What tracing tells of itself, since the start, read at each scrape on the scraping thread. Counts never fall. */
public interface TracingStats {

    /** Traces that were kept for this reason. */
    long keptTraces(KeepReason reason);

    /** Traces that were not kept. */
    long droppedTraces(DropReason reason);

    /** Spans of kept traces that did not reach a back-end, once for each that missed them. */
    long lostSpans(SpanLoss reason);

    /** Spans that a back-end has taken, once for each. */
    long exportedSpans();

    /** Batches of spans sent by OTLP. */
    ExportCounts exports();

    /** Requests whose trace could not be made; always a fault of ours. */
    long failures();

    /** Spans that wait for a back-end, over all of them, those on their way included. */
    int waitingSpans();

    /** How long the oldest of them has waited; 0 if none does. */
    double lagSeconds();
}
