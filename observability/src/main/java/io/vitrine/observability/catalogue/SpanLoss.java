package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Why a span of a kept trace did not reach a back-end. */
public enum SpanLoss {
    /** As many spans wait for the back-end as may. */
    QUEUE_FULL,
    /** The back-end was not reached, or refused the batch. */
    EXPORT_FAILED,
    /** The back-end took the batch, but not this span. */
    REJECTED,
    /** Larger than a back-end takes, or a trace of more spans than may wait. */
    TOO_LARGE,
    /** The server ended before they were out. */
    SHUTDOWN;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
