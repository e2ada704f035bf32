package io.vitrine.observability;

import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.MetricSettings;

/**
 * What is measured and logged.
 *
 * @param serviceName names this server in every line of its log
 * @param metricsEnabled {@code telemetry.metrics.enabled}
 * @param logsEnabled {@code telemetry.logs.enabled}
 */
public record TelemetrySettings(
        String serviceName, boolean metricsEnabled, boolean logsEnabled, MetricSettings metrics, LogSettings logs) {

    public TelemetrySettings {
        if (serviceName.isBlank()) {
            throw new IllegalArgumentException("serviceName must not be blank");
        }
    }
}
