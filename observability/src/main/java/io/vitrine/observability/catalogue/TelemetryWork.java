package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Work that telemetry does on threads of its own, whose processor time is told. */
public enum TelemetryWork {
    /** Writing the meters down for a scraper. */
    SCRAPE,
    /** Turning events into lines and writing them. */
    LOG,
    /** Sending signals to a collector. */
    EXPORT,
    /** Keeping signals on the disk. */
    STORE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
