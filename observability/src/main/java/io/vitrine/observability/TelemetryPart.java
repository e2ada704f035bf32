package io.vitrine.observability;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A part of telemetry that is switched as a whole. */
public enum TelemetryPart {
    /** Log lines, to every destination. */
    LOGS(1, "telemetry.logs.enabled"),
    /** Meters, their scrape and their export. */
    METRICS(1 << 1, "telemetry.metrics.enabled"),
    /** Spans, of requests and of the engine's steps. */
    TRACES(1 << 2, "telemetry.traces.enabled"),
    /** The clock inside the model, which splits a step into its stages. */
    STAGE_TIMING(1 << 3, "telemetry.stage-timing.enabled"),
    /** What is kept of the other parts, on disk. */
    STORE(1 << 4, "store.enabled"),
    /** The evaluation of alert rules and objectives. */
    ALERTS(1 << 5, "alerts.enabled");

    private final int bit;
    private final String configurationKey;

    TelemetryPart(int bit, String configurationKey) {
        this.bit = bit;
        this.configurationKey = configurationKey;
    }

    /** Its place in a set of switches. */
    int bit() {
        return bit;
    }

    /** Says whether the part is there at all. */
    public String configurationKey() {
        return configurationKey;
    }

    /** As operators write it: {@code stage_timing}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The part of that label. */
    public static Optional<TelemetryPart> of(String label) {
        return Arrays.stream(values())
                .filter(part -> part.label().equals(label))
                .findFirst();
    }

    /** In the order of declaration. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(TelemetryPart::label).toList();
    }
}
