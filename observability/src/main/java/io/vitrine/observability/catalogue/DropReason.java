package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Why a trace was not kept. */
public enum DropReason {
    /** A probe. */
    NEVER,
    /** Its caller, which is trusted in this, does not keep its own part of the trace. */
    CALLER,
    /** By chance. */
    RATIO,
    /** The spans of this second were used up. */
    BUDGET;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
