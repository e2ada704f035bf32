package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

import io.opentelemetry.exporter.zipkin.ZipkinSpanExporter;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.OpenTelemetrySettings;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** Makes an exporter for each back-end that OpenTelemetry's standard variables name: OTLP (gRPC or HTTP) and Zipkin. */
final class Exporters {

    private static final String ZIPKIN_ENDPOINT = "otel.exporter.zipkin.endpoint";
    private static final int ZIPKIN_TIMEOUT_MILLIS = 10_000;

    private Exporters() {}

    /**
     * None if no endpoint is given.
     *
     * @throws IllegalArgumentException if a variable has a value that is none
     */
    static List<SpanExporter> from(OpenTelemetrySettings settings) {
        List<SpanExporter> exporters = new ArrayList<>();
        if (settings.exportsByOtlp("traces")) {
            exporters.add(otlp(settings.properties()));
        }
        String zipkin = settings.properties().getString(ZIPKIN_ENDPOINT);
        if (zipkin != null) {
            exporters.add(zipkin(zipkin));
        }
        return exporters;
    }

    /** The SDK's own, which knows every standard variable: protocol, headers, certificates, compression. */
    private static SpanExporter otlp(ConfigProperties properties) {
        try {
            for (ConfigurableSpanExporterProvider provider :
                    ServiceLoader.load(ConfigurableSpanExporterProvider.class)) {
                if (provider.getName().equals("otlp")) {
                    return provider.createExporter(properties);
                }
            }
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        throw new IllegalStateException("the OTLP exporter is not on the class path");
    }

    @SuppressWarnings("deprecation") // OpenTelemetry wants OTLP everywhere; Zipkin's own servers do not speak it yet
    private static SpanExporter zipkin(String endpoint) {
        BytesMessageSender sender = URLConnectionSender.newBuilder()
                .endpoint(endpoint)
                .connectTimeout(ZIPKIN_TIMEOUT_MILLIS)
                .readTimeout(ZIPKIN_TIMEOUT_MILLIS)
                .build();
        return ZipkinSpanExporter.builder().setSender(sender).build();
    }
}
