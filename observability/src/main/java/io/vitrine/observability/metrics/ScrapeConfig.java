package io.vitrine.observability.metrics;

import java.util.Properties;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import org.jspecify.annotations.Nullable;

/**
 * Micrometer's defaults but one: exemplars stand at counters and buckets only, as OpenMetrics 1.0 has it. Micrometer would
 * add them to the {@code _count} of a histogram too, and Prometheus 2 then refuses the whole scrape.
 */
final class ScrapeConfig implements PrometheusConfig {

    @Override
    public @Nullable String get(String key) {
        return null;
    }

    @Override
    public Properties prometheusProperties() {
        Properties properties = new Properties();
        properties.setProperty("io.prometheus.exporter.exemplarsOnAllMetricTypes", "false");
        return properties;
    }
}
