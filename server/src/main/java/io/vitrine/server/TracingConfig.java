package io.vitrine.server;

import java.util.List;

import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.tracing.TracingRules;
import io.vitrine.observability.tracing.TracingSettings;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.OtelConfig;
import io.vitrine.server.config.ServerConfig.TracesConfig;

/** From the configuration to what tracing is started with. */
final class TracingConfig {

    private TracingConfig() {}

    static TracingSettings settings(ServerConfig config, ResourceAttributes resource) {
        TracesConfig traces = config.traces();
        OtelConfig otel = config.telemetry().otel();
        return new TracingSettings(
                rules(traces), traces.queueSpans(), otel.traces(), otel.zipkin(), List.of(), resource);
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
}
