package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Why a span that was made is not exported. */
public enum SpanLoss {
    /** The trace was an ordinary one, by ratio or rule. */
    NOT_SAMPLED,
    /** More spans a second than may be kept. */
    BUDGET,
    /** Too many requests at once to hold the spans of each. */
    OVERLOAD,
    /** The exporter could not keep up. */
    QUEUE_FULL,
    /** The back end was not reached, or refused. */
    EXPORT_FAILED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
