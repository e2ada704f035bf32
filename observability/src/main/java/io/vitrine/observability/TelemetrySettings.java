package io.vitrine.observability;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

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

    /** All that is started is on; stage timing and alerts belong to the server, which withholds them if they are not there. */
    TelemetrySwitches switches(boolean archived) {
        Set<TelemetryPart> started = EnumSet.of(TelemetryPart.STAGE_TIMING, TelemetryPart.ALERTS);
        add(started, TelemetryPart.LOGS, logsEnabled);
        add(started, TelemetryPart.METRICS, metricsEnabled);
        add(started, TelemetryPart.TRACES, tracing.isPresent());
        add(started, TelemetryPart.STORE, archived);
        return new TelemetrySwitches(started);
    }

    private static void add(Set<TelemetryPart> parts, TelemetryPart part, boolean there) {
        if (there) {
            parts.add(part);
        }
    }

    public TelemetrySettings {
        if (serviceName.isBlank()) {
            throw new IllegalArgumentException("serviceName must not be blank");
        }
    }
}
