package io.vitrine.observability;

import java.util.Locale;

/** How a request ended, in one word; every request has exactly one. */
public enum Outcome {
    /** Answered in full, with the status the caller hoped for. */
    COMPLETED,
    /** Not begun, or ended by its own constraint: a caller's mistake (4xx), a full queue, a server that is stopping. */
    REFUSED,
    /** The client left, or stopped reading for too long. */
    CANCELLED,
    /** Its time was over, waiting or running. */
    TIMED_OUT,
    /** The model or the server failed. */
    FAILED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As logs and meters write it: {@code timed_out}. */
    public String label() {
        return label;
    }
}
