package io.vitrine.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import io.vitrine.observability.OpenTelemetrySettings;
import io.vitrine.observability.tracing.TracingRules;
import io.vitrine.observability.tracing.TracingSettings;
import io.vitrine.server.config.EffectiveConfig;
import io.vitrine.server.config.ServerConfig.TracesConfig;

/** From the configuration to what tracing is started with. */
final class TracingConfig {

    private TracingConfig() {}

    static TracingSettings settings(EffectiveConfig effective, String serviceName) {
        TracesConfig traces = effective.config().traces();
        return new TracingSettings(
                rules(traces),
                traces.queueSpans(),
                new OpenTelemetrySettings(effective.openTelemetry(), serviceName, Version.current(), hostName()),
                List.of());
    }

    static TracingRules rules(TracesConfig traces) {
        return new TracingRules(
                traces.ratio(),
                traces.adaptiveRatio(),
                traces.spansPerSecond(),
                traces.slowFirstToken(),
                traces.slowRequest(),
                traces.priorityTenants(),
                traces.headerTenants(),
                traces.detailedTenants(),
                traces.detailedRatio());
    }

    /** Empty on a machine without one. */
    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }
}
