package io.vitrine.observability;

import java.util.Optional;

import io.vitrine.observability.logging.LogSettings;
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
        LogSettings logs,
        Optional<TracingSettings> tracing) {

    /** Without traces. */
    public TelemetrySettings(String serviceName, boolean metricsEnabled, boolean logsEnabled, LogSettings logs) {
        this(serviceName, metricsEnabled, logsEnabled, logs, Optional.empty());
    }

    public TelemetrySettings {
        if (serviceName.isBlank()) {
            throw new IllegalArgumentException("serviceName must not be blank");
        }
    }
}
