package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What a log line can be about. */
public enum EventName {
    /** A request is over, whatever its end: one line a request, and the only one. */
    REQUEST_COMPLETED("response"),
    /** A model is in memory. */
    MODEL_LOADED("model"),
    /** A model could not be loaded. */
    MODEL_LOAD_FAILED("model"),
    /** A token can be served. */
    SERVER_STARTED("audit"),
    /** New work is refused. */
    SERVER_STOPPING("audit"),
    /** Everything has ended. */
    SERVER_STOPPED("audit"),
    /** A fault that no request can be blamed for. */
    FAULT("audit"),
    /** A warning or error that a library logged. */
    LIBRARY_MESSAGE("audit");

    private final String category;
    private final String label = name().toLowerCase(Locale.ROOT);

    EventName(String category) {
        this.category = category;
    }

    /** The part of the server the event belongs to. */
    public String category() {
        return category;
    }

    /** As the line writes it: {@code request_completed}. */
    public String label() {
        return label;
    }
}
