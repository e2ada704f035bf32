package io.vitrine.observability.otlp;

import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.OtlpSettings;

/** Makes the exporters of all signals. Their builders are alike, and have no type in common. */
public final class OtlpExporters {

    private OtlpExporters() {}

    public static SpanExporter spans(OtlpSettings target, CollectorLink link) {
        return switch (target.protocol()) {
            case HTTP_PROTOBUF -> {
                var builder = OtlpHttpSpanExporter.builder()
                        .setComponentLoader(link.senders())
                        .setEndpoint(target.endpoint().toString())
                        .setCompression(target.compression())
                        .setConnectTimeout(target.timeout())
                        .setTimeout(target.timeout());
                target.headers().forEach(builder::addHeader);
                yield builder.build();
            }
            case GRPC -> {
                var builder = OtlpGrpcSpanExporter.builder()
                        .setComponentLoader(link.senders())
                        .setEndpoint(target.endpoint().toString())
                        .setCompression(target.compression())
                        .setConnectTimeout(target.timeout())
                        .setTimeout(target.timeout());
                target.headers().forEach(builder::addHeader);
                yield builder.build();
            }
        };
    }

    public static LogRecordExporter logs(OtlpSettings target, CollectorLink link) {
        return switch (target.protocol()) {
            case HTTP_PROTOBUF -> {
                var builder = OtlpHttpLogRecordExporter.builder()
                        .setComponentLoader(link.senders())
                        .setEndpoint(target.endpoint().toString())
                        .setCompression(target.compression())
                        .setConnectTimeout(target.timeout())
                        .setTimeout(target.timeout());
                target.headers().forEach(builder::addHeader);
                yield builder.build();
            }
            case GRPC -> {
                var builder = OtlpGrpcLogRecordExporter.builder()
                        .setComponentLoader(link.senders())
                        .setEndpoint(target.endpoint().toString())
                        .setCompression(target.compression())
                        .setConnectTimeout(target.timeout())
                        .setTimeout(target.timeout());
                target.headers().forEach(builder::addHeader);
                yield builder.build();
            }
        };
    }

    public static MetricExporter metrics(OtlpSettings target, CollectorLink link) {
        return switch (target.protocol()) {
            case HTTP_PROTOBUF -> {
                var builder = OtlpHttpMetricExporter.builder()
                        .setComponentLoader(link.senders())
                        .setEndpoint(target.endpoint().toString())
                        .setCompression(target.compression())
                        .setConnectTimeout(target.timeout())
                        .setTimeout(target.timeout());
                target.headers().forEach(builder::addHeader);
                yield builder.build();
            }
            case GRPC -> {
                var builder = OtlpGrpcMetricExporter.builder()
                        .setComponentLoader(link.senders())
                        .setEndpoint(target.endpoint().toString())
                        .setCompression(target.compression())
                        .setConnectTimeout(target.timeout())
                        .setTimeout(target.timeout());
                target.headers().forEach(builder::addHeader);
                yield builder.build();
            }
        };
    }
}
