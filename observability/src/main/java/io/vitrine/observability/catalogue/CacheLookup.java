package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What became of a full page of a prompt when the prefix cache was asked for it. */
public enum CacheLookup {
    /** Taken from the cache. */
    HIT,
    /** Computed. */
    MISSED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
