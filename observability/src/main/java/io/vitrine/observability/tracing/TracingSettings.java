package io.vitrine.observability.tracing;

import java.util.List;

import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.OpenTelemetrySettings;

/**
 * What tracing is started with.
 *
 * @param queueSpans most spans that wait for one exporter; more are dropped and counted
 * @param openTelemetry which back-ends spans go to, and whose they are
 * @param exporters where they go beside those; closed with tracing
 */
public record TracingSettings(
        TracingRules rules, int queueSpans, OpenTelemetrySettings openTelemetry, List<SpanExporter> exporters) {

    public TracingSettings {
        exporters = List.copyOf(exporters);
        if (queueSpans < 1) {
            throw new IllegalArgumentException("queueSpans must be >= 1: " + queueSpans);
        }
    }
}
