package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What is exported to a collector. */
public enum Signal {
    /** Meters. */
    METRICS,
    /** Log lines. */
    LOGS,
    /** Spans. */
    TRACES;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
