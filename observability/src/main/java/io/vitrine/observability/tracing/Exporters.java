package io.vitrine.observability.tracing;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder;
import io.opentelemetry.exporter.zipkin.ZipkinSpanExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.OtlpSettings;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/** Makes an exporter for each back-end that the settings name: OTLP (gRPC or HTTP) and Zipkin. */
final class Exporters {

    private static final int ZIPKIN_TIMEOUT_MILLIS = 10_000;

    private Exporters() {}

    /** None if no back-end is named. */
    static List<SpanExporter> from(TracingSettings settings) {
        List<SpanExporter> exporters = new ArrayList<>();
        settings.otlp().map(Exporters::otlp).ifPresent(exporters::add);
        settings.zipkin().map(Exporters::zipkin).ifPresent(exporters::add);
        return exporters;
    }

    private static SpanExporter otlp(OtlpSettings settings) {
        return switch (settings.protocol()) {
            case GRPC -> grpc(settings);
            case HTTP_PROTOBUF -> http(settings);
        };
    }

    private static SpanExporter grpc(OtlpSettings settings) {
        OtlpGrpcSpanExporterBuilder exporter = OtlpGrpcSpanExporter.builder()
                .setEndpoint(settings.endpoint().toString())
                .setCompression(settings.compression())
                .setConnectTimeout(settings.timeout())
                .setTimeout(settings.timeout());
        settings.headers().forEach(exporter::addHeader);
        return exporter.build();
    }

    private static SpanExporter http(OtlpSettings settings) {
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.endpoint().toString())
                .setCompression(settings.compression())
                .setConnectTimeout(settings.timeout())
                .setTimeout(settings.timeout());
        settings.headers().forEach(exporter::addHeader);
        return exporter.build();
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
