package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Which way bytes went, seen from the process or the machine. */
public enum Transfer {
    /** Read from a disk, or received. */
    IN,
    /** Written to a disk, or sent. */
    OUT;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
