package io.vitrine.server;

import java.nio.file.Path;
import java.util.Optional;

import io.vitrine.observability.Archive;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.MetricSettings;
import io.vitrine.observability.tracing.TracingSettings;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.OtelConfig;
import io.vitrine.server.tracing.CollectedSpans;

/** Telemetry for tests of the server. */
public final class TestTelemetry {

    private TestTelemetry() {}

    /** Meters and no log. */
    public static Telemetry metrics() {
        return Telemetry.start(
                new TelemetrySettings("test", true, false, settings(), LogSettings.in(Path.of("unused"))),
                System::nanoTime);
    }

    /** Meters, a log in this folder, and traces that no back-end takes. */
    public static Telemetry everything(MetricSettings metrics, Path logs) {
        return everything(metrics, logs, Optional.empty());
    }

    /** The same, and an archive that keeps it. */
    public static Telemetry everything(MetricSettings metrics, Path logs, Optional<Archive> archive) {
        return Telemetry.start(
                new TelemetrySettings(
                        "test",
                        true,
                        true,
                        metrics,
                        LogSettings.in(logs).withConsole(ConsoleFormat.OFF),
                        Optional.of(CollectedSpans.tracing(CollectedSpans.rules(1), 1_000, OtelConfig.NONE))),
                System::nanoTime,
                archive);
    }

    public static MetricSettings settings() {
        return MetricSettings.in(Path.of("target"), ResourceAttributes.of("", "1.2.3", "instance-1", "host-1", ""));
    }

    /** As a server starts it that is configured so. */
    public static Telemetry of(ServerConfig config) {
        return Telemetry.start(TelemetryStart.settings(config), System::nanoTime);
    }

    /** With traces. */
    public static TelemetrySettings settings(
            boolean metricsEnabled, boolean logsEnabled, LogSettings logs, TracingSettings tracing) {
        return new TelemetrySettings("test", metricsEnabled, logsEnabled, settings(), logs, Optional.of(tracing));
    }
}
