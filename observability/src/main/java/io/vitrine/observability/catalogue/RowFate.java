package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What became of a row that an archive was handed. */
public enum RowFate {
    /** It is in a file. */
    WRITTEN,
    /** There was no room to wait: more came than could be written. */
    DROPPED,
    /** It could not be written: the disk is full or broken, or its time was far from now. */
    LOST;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
