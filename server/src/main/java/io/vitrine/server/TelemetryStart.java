package io.vitrine.server;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.MetricSettings;
import io.vitrine.observability.tracing.TracingRules;
import io.vitrine.observability.tracing.TracingSettings;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.ConsoleLayout;
import io.vitrine.server.config.ServerConfig.OtelConfig;
import io.vitrine.server.config.ServerConfig.TelemetryConfig;
import io.vitrine.server.config.ServerConfig.TracesConfig;

/** From the configuration to what telemetry is started with; all signals of a server name one resource as their source. */
final class TelemetryStart {

    private TelemetryStart() {}

    static TelemetrySettings settings(ServerConfig config) {
        ResourceAttributes resource = resource(config.telemetry().otel());
        LogSettings logs = LogSettings.in(config.data().resolve("logs"))
                .withConsole(consoleFormat(config.telemetry().logsConsole()))
                .withLevel(config.telemetry().logsLevel())
                .withQueueLimits(
                        config.telemetry().logsQueue(), config.telemetry().logsConsoleQueue())
                .withOtlp(config.telemetry().otel().logs(), resource);
        return new TelemetrySettings(
                resource.serviceName(),
                config.telemetry().metricsEnabled(),
                config.telemetry().logsEnabled(),
                metrics(config, resource),
                logs,
                config.traces().enabled() ? Optional.of(tracing(config, resource)) : Optional.empty());
    }

    private static MetricSettings metrics(ServerConfig config, ResourceAttributes resource) {
        TelemetryConfig telemetry = config.telemetry();
        return new MetricSettings(
                config.data(),
                telemetry.metricsVllmNames(),
                config.gpu().dcgmNames(),
                telemetry.metricsTenants(),
                telemetry.otel().metrics(),
                resource);
    }

    private static ResourceAttributes resource(OtelConfig otel) {
        return ResourceAttributes.of(
                otel.serviceName(),
                Version.current(),
                UUID.randomUUID().toString(),
                HostName.get(),
                otel.resourceAttributes());
    }

    private static ConsoleFormat consoleFormat(ConsoleLayout layout) {
        return switch (layout) {
            case AUTO -> ConsoleFormat.AUTO;
            case JSON -> ConsoleFormat.JSON;
            case HUMAN -> ConsoleFormat.HUMAN;
        };
    }

    private static TracingSettings tracing(ServerConfig config, ResourceAttributes resource) {
        TracesConfig traces = config.traces();
        OtelConfig otel = config.telemetry().otel();
        return new TracingSettings(
                rules(traces), traces.queueSpans(), otel.traces(), otel.zipkin(), List.of(), resource);
    }

    private static TracingRules rules(TracesConfig traces) {
        return new TracingRules(
                traces.ratio(),
                traces.adaptiveRatio(),
                traces.spansPerSecond(),
                traces.slowFirstToken(),
                traces.slowRequest(),
                traces.priorityTenants(),
                traces.headerTenants(),
                traces.trustParent(),
                traces.detailedTenants(),
                traces.detailedRatio());
    }
}
