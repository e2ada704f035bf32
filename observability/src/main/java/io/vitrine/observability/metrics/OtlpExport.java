package io.vitrine.observability.metrics;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporterBuilder;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.ResourceAttributes;

/**
 * Pushes all meters to a collector at intervals, on a thread of the SDK's. A collector that is down or slow costs a batch,
 * which is counted; sums are told again, in sum, by the next one, so that nothing is lost for good.
 */
final class OtlpExport implements AutoCloseable {

    /** At the end, a collector that does not answer may hold up the process no longer than this. */
    private static final long CLOSE_SECONDS = 5;

    private final SdkMeterProvider provider;

    OtlpExport(
            MeterRegistry registry,
            SeriesStarts starts,
            ExportCounts counts,
            OtlpSettings settings,
            ResourceAttributes resource) {
        PeriodicMetricReader reader = PeriodicMetricReader.builder(new CountedExporter(exporter(settings), counts))
                .setInterval(settings.interval())
                .build();
        provider = SdkMeterProvider.builder()
                .setResource(resource.toResource())
                .registerMetricProducer(new MetricReadings(registry, starts))
                .registerMetricReader(reader)
                .build();
    }

    /** Sends once more what the meters say, then stops. */
    @Override
    public void close() {
        provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private static MetricExporter exporter(OtlpSettings settings) {
        return switch (settings.protocol()) {
            case GRPC -> grpc(settings);
            case HTTP_PROTOBUF -> http(settings);
        };
    }

    private static MetricExporter grpc(OtlpSettings settings) {
        OtlpGrpcMetricExporterBuilder exporter = OtlpGrpcMetricExporter.builder()
                .setEndpoint(settings.endpoint().toString())
                .setCompression(settings.compression())
                .setTimeout(settings.timeout());
        settings.headers().forEach(exporter::addHeader);
        return exporter.build();
    }

    private static MetricExporter http(OtlpSettings settings) {
        OtlpHttpMetricExporterBuilder exporter = OtlpHttpMetricExporter.builder()
                .setEndpoint(settings.endpoint().toString())
                .setCompression(settings.compression())
                .setTimeout(settings.timeout());
        settings.headers().forEach(exporter::addHeader);
        return exporter.build();
    }
}
