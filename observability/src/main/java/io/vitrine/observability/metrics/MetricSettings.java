package io.vitrine.observability.metrics;

import java.nio.file.Path;
import java.util.Optional;

import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.ResourceAttributes;

/**
 * How meters are made and who gets them.
 *
 * @param dataFolder whose disk is watched
 * @param vllmNames whether the same numbers are told under vLLM's names too
 * @param dcgmNames whether the numbers of GPUs are told under the DCGM exporter's names too
 * @param tenantLimit tenants with series of their own; all others share one
 * @param otlp the collector that meters are pushed to; absent if none is configured
 * @param resource sent along with what is pushed
 */
public record MetricSettings(
        Path dataFolder,
        boolean vllmNames,
        boolean dcgmNames,
        int tenantLimit,
        Optional<OtlpSettings> otlp,
        ResourceAttributes resource) {

    public MetricSettings {
        if (tenantLimit < 1) {
            throw new IllegalArgumentException("tenantLimit must be >= 1: " + tenantLimit);
        }
    }

    /** Scraped only, 20 tenants. */
    public static MetricSettings in(Path dataFolder, ResourceAttributes resource) {
        return new MetricSettings(dataFolder, false, false, 20, Optional.empty(), resource);
    }

    /** The same, with vLLM's names. */
    public MetricSettings withVllmNames() {
        return new MetricSettings(dataFolder, true, dcgmNames, tenantLimit, otlp, resource);
    }

    /** The same, with the DCGM exporter's names. */
    public MetricSettings withDcgmNames() {
        return new MetricSettings(dataFolder, vllmNames, true, tenantLimit, otlp, resource);
    }

    /** The same, pushed to a collector. */
    public MetricSettings withOtlp(OtlpSettings collector) {
        return new MetricSettings(dataFolder, vllmNames, dcgmNames, tenantLimit, Optional.of(collector), resource);
    }
}
