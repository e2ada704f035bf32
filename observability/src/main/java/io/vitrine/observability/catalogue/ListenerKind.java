package io.vitrine.observability.catalogue;

import java.util.Locale;

/** The kinds of listener whose failures are counted. */
public enum ListenerKind {
    /** Engine and generation listeners: the engine's own guard counts both. */
    ENGINE,
    /** Request listeners. */
    REQUEST,
    /** Lifecycle listeners. */
    LIFECYCLE,
    /** The traces of requests. */
    TRACE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
