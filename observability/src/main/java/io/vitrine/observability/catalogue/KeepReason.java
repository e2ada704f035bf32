package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Why a trace was kept. */
public enum KeepReason {
    /** The request failed or ran out of time. */
    ERROR,
    /** It was slower than promised. */
    SLO_MISS,
    /** Its client, which may, asked for this one. */
    FLAGGED,
    /** Its tenant's are all kept. */
    PRIORITY_TENANT,
    /** Its caller, which is trusted in this, keeps its own part of the trace. */
    CALLER,
    /** By chance. */
    RATIO,
    /** By a chance that was raised because many requests failed. */
    ADAPTIVE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As spans and meters write it. */
    public String label() {
        return label;
    }
}
