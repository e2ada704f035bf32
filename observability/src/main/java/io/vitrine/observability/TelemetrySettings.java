package io.vitrine.observability;

import java.util.Optional;

import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.MetricSettings;
import io.vitrine.observability.tracing.TracingSettings;

/**
 * What is measured and logged.
 *
 * @param serviceName names this server in every line of its log
 * @param metricsEnabled {@code telemetry.metrics.enabled}
 * @param logsEnabled {@code telemetry.logs.enabled}
 * @param tracing absent unless {@code telemetry.traces.enabled}
 */
public record TelemetrySettings(
        String serviceName,
        boolean metricsEnabled,
        boolean logsEnabled,
        MetricSettings metrics,
        LogSettings logs,
        Optional<TracingSettings> tracing) {

    /** Without traces. */
    public TelemetrySettings(
            String serviceName, boolean metricsEnabled, boolean logsEnabled, MetricSettings metrics, LogSettings logs) {
        this(serviceName, metricsEnabled, logsEnabled, metrics, logs, Optional.empty());
    }

    public TelemetrySettings {
        if (serviceName.isBlank()) {
            throw new IllegalArgumentException("serviceName must not be blank");
        }
    }
}
