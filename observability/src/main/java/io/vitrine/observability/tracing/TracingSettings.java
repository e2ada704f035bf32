package io.vitrine.observability.tracing;

import io.vitrine.observability.OpenTelemetrySettings;

/**
 * What tracing is started with.
 *
 * @param queueSpans most spans that wait for one exporter; more are dropped and counted
 * @param openTelemetry where spans go, and whose they are
 */
public record TracingSettings(TracingRules rules, int queueSpans, OpenTelemetrySettings openTelemetry) {

    public TracingSettings {
        if (queueSpans < 1) {
            throw new IllegalArgumentException("queueSpans must be >= 1: " + queueSpans);
        }
    }
}
