package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Settings with which rows stay in the queue until somebody asks for them to be written. */
final class Gathering {
    private Gathering() {}

    static TelemetrySettings until(Path directory, Duration time) {
        TelemetrySettings usual = TelemetrySettings.in(directory);
        return new TelemetrySettings(
                usual.hotDirectory(),
                usual.warmDirectory(),
                usual.coldDirectory(),
                usual.queueLimit(),
                usual.batchLimit(),
                time,
                usual.warmAfter(),
                usual.coldAfter(),
                Map.of(),
                usual.grace(),
                usual.memoryMegabytes(),
                usual.threads(),
                usual.queryLimit());
    }
}
