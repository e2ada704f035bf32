package io.vitrine.server;

import java.nio.file.Path;

import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.MetricSettings;

/** Telemetry for tests of the server. */
public final class TestTelemetry {

    private TestTelemetry() {}

    /** Meters and no log. */
    public static Telemetry metrics() {
        return start(settings(), false, Path.of("unused"));
    }

    /** Meters, and a log in this folder. */
    public static Telemetry metricsAndLogs(MetricSettings metrics, Path logs) {
        return start(metrics, true, logs);
    }

    public static MetricSettings settings() {
        return MetricSettings.in(Path.of("target"), ResourceAttributes.of("", "1.2.3", "instance-1", "host-1", ""));
    }

    private static Telemetry start(MetricSettings metrics, boolean logsEnabled, Path logs) {
        return Telemetry.start(
                new TelemetrySettings(
                        "test", true, logsEnabled, metrics, LogSettings.in(logs).withConsole(ConsoleFormat.OFF)),
                System::nanoTime);
    }
}
