package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Where in its life a file of the archive is. */
public enum ArchiveTier {
    /** Being written, or of the last days. */
    HOT,
    /** Compressed, on the same disk. */
    WARM,
    /** Compressed, in the directory for old files. */
    COLD;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
