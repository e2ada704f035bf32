package io.vitrine.observability.catalogue;

import java.util.Locale;

/** How one export to a collector ended. */
public enum ExportResult {
    /** The collector took everything. */
    OK,
    /** It took the batch, and rejected some of it. */
    PARTIAL,
    /** It was not reached, or refused. */
    FAILED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
