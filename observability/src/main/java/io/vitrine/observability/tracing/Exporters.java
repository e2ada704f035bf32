package io.vitrine.observability.tracing;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.opentelemetry.exporter.zipkin.ZipkinSpanExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.observability.otlp.CollectorEvents;
import io.vitrine.observability.otlp.CollectorLink;
import io.vitrine.observability.otlp.OtlpExporters;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** Makes a target for each back-end that the settings name: OTLP (gRPC or HTTP) and Zipkin. */
final class Exporters {

    private static final int ZIPKIN_TIMEOUT_MILLIS = 10_000;

    private Exporters() {}

    /**
     * None if no back-end is named.
     *
     * @param otlp counts what is sent by OTLP
     */
    static List<SpanTarget> from(TracingSettings settings, Optional<CollectorLink> otlp, CollectorEvents events) {
        List<SpanTarget> targets = new ArrayList<>();
        settings.otlp()
                .ifPresent(target -> otlp.ifPresent(
                        link -> targets.add(SpanTarget.collector(OtlpExporters.spans(target, link), link))));
        settings.zipkin()
                .ifPresent(endpoint -> targets.add(
                        SpanTarget.collector(zipkin(endpoint), new CollectorLink(Signal.TRACES, endpoint, events))));
        return targets;
    }

    @SuppressWarnings("deprecation") // OpenTelemetry wants OTLP everywhere; Zipkin's own servers do not speak it yet
    private static SpanExporter zipkin(URI endpoint) {
        BytesMessageSender sender = URLConnectionSender.newBuilder()
                .endpoint(endpoint.toString())
                .connectTimeout(ZIPKIN_TIMEOUT_MILLIS)
                .readTimeout(ZIPKIN_TIMEOUT_MILLIS)
                .build();
        return ZipkinSpanExporter.builder().setSender(sender).build();
    }
}
