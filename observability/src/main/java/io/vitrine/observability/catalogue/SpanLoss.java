package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Why a span of a kept trace did not reach a back-end. */
public enum SpanLoss {
    /** As many spans wait for the back-end as may. */
    QUEUE_FULL,
    /** The back-end was not reached, or refused. */
    EXPORT_FAILED,
    /** The server ended before they were out. */
    SHUTDOWN;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
