package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Why a trace or its spans were dropped. */
public enum DropReason {
    /** A probe. */
    NEVER,
    /** By chance. */
    RATIO,
    /** The spans of this second were used up. */
    BUDGET,
    /** As many spans wait for the exporter as may. */
    QUEUE_FULL,
    /** The back-end did not take them. */
    EXPORT_FAILED,
    /** The server ended before they were out. */
    SHUTDOWN;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
