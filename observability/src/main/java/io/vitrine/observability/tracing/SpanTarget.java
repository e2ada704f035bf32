package io.vitrine.observability.tracing;

import java.time.Duration;
import java.util.Optional;

import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.otlp.CollectorLink;

/**
 * A back-end for spans.
 *
 * @param link of a collector, whose batches are bounded in bytes
 * @param linger how long a batch waits for more spans
 */
record SpanTarget(SpanExporter exporter, Optional<CollectorLink> link, Duration linger) {

    /** So that a batch is a batch, and the console of the back-end not far behind. */
    private static final Duration COLLECTOR_LINGER = Duration.ofMillis(200);

    static SpanTarget collector(SpanExporter exporter, CollectorLink link) {
        return new SpanTarget(exporter, Optional.of(link), COLLECTOR_LINGER);
    }

    /** In this process. */
    static SpanTarget inProcess(SpanExporter exporter) {
        return new SpanTarget(exporter, Optional.empty(), Duration.ZERO);
    }
}
