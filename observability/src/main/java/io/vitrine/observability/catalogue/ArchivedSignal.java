package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What an archive keeps. */
public enum ArchivedSignal {
    /** Of kept traces. */
    SPANS,
    /** Log events. */
    LOGS,
    /** Steps of the engine. */
    STEPS,
    /** Readings of meters. */
    SAMPLES,
    /** Readings of GPUs. */
    GPU;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
