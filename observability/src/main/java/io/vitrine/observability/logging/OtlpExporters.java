package io.vitrine.observability.logging;

import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.vitrine.observability.OtlpSettings;

/** Makes the exporter of log lines for a target. */
final class OtlpExporters {

    private OtlpExporters() {}

    static LogRecordExporter of(OtlpSettings target) {
        return switch (target.protocol()) {
            case HTTP_PROTOBUF -> http(target);
            case GRPC -> grpc(target);
        };
    }

    private static LogRecordExporter http(OtlpSettings target) {
        var builder = OtlpHttpLogRecordExporter.builder()
                .setEndpoint(target.endpoint().toString())
                .setCompression(target.compression())
                .setConnectTimeout(target.timeout())
                .setTimeout(target.timeout());
        target.headers().forEach(builder::addHeader);
        return builder.build();
    }

    private static LogRecordExporter grpc(OtlpSettings target) {
        var builder = OtlpGrpcLogRecordExporter.builder()
                .setEndpoint(target.endpoint().toString())
                .setCompression(target.compression())
                .setConnectTimeout(target.timeout())
                .setTimeout(target.timeout());
        target.headers().forEach(builder::addHeader);
        return builder.build();
    }
}
