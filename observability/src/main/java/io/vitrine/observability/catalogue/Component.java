package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Part of the server whose health is judged on its own. */
public enum Component {
    /** The engine thread. */
    ENGINE,
    /** The GPU that the model runs on. */
    GPU,
    /** Stored telemetry. */
    STORE,
    /** The cost ledger. */
    LEDGER,
    /** Exports to collectors. */
    EXPORTER,
    /** Requests that wait for a slot. */
    QUEUE,
    /** Whether a model answers requests. */
    MODEL;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters and JSON write it. */
    public String label() {
        return label;
    }
}
