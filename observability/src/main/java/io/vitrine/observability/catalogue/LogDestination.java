package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Where log lines go; each destination has a queue of its own, so that none holds up another. */
public enum LogDestination {
    /** The rolled file. */
    FILE,
    /** Standard output. */
    CONSOLE,
    /** A collector, by OTLP. */
    COLLECTOR,
    /** The store of telemetry. */
    STORE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
