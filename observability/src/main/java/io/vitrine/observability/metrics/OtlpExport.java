package io.vitrine.observability.metrics;

import java.util.concurrent.TimeUnit;

import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.MetricProducer;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.otlp.CollectorLink;
import io.vitrine.observability.otlp.OtlpExporters;

/**
 * Pushes all meters to a collector at intervals, on a thread of the SDK's. A collector that is down or slow costs a batch,
 * which is counted; sums are told again, in sum, by the next one, so that nothing is lost for good.
 */
final class OtlpExport implements AutoCloseable {

    /** At the end, a collector that does not answer may hold up the process no longer than this. */
    private static final long CLOSE_SECONDS = 1;

    private final SdkMeterProvider provider;

    OtlpExport(MetricProducer readings, CollectorLink link, OtlpSettings settings, ResourceAttributes resource) {
        MetricExporter exporter = new CountedExporter(OtlpExporters.metrics(settings, link), link);
        PeriodicMetricReader reader = PeriodicMetricReader.builder(exporter)
                .setInterval(settings.interval())
                .build();
        provider = SdkMeterProvider.builder()
                .setResource(resource.toResource())
                .registerMetricProducer(readings)
                .registerMetricReader(reader)
                .build();
    }

    /** Sends once more what the meters say, then stops. */
    @Override
    public void close() {
        provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
