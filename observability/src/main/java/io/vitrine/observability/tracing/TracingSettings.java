package io.vitrine.observability.tracing;

import java.net.URI;
import java.util.List;
import java.util.Optional;

import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.ResourceAttributes;

/**
 * What tracing is started with.
 *
 * @param queueSpans most spans that wait for one back-end; more are dropped and counted
 * @param otlp a back-end that takes OTLP
 * @param zipkin whole address of a back-end that takes Zipkin's JSON, {@code http://zipkin:9411/api/v2/spans}
 * @param exporters where spans go beside those; closed with tracing
 * @param resource whose spans they are
 */
public record TracingSettings(
        TracingRules rules,
        int queueSpans,
        Optional<OtlpSettings> otlp,
        Optional<URI> zipkin,
        List<SpanExporter> exporters,
        ResourceAttributes resource) {

    public TracingSettings {
        exporters = List.copyOf(exporters);
        if (queueSpans < 1) {
            throw new IllegalArgumentException("queueSpans must be >= 1: " + queueSpans);
        }
    }
}
