package io.vitrine.observability.catalogue;

/** What sort of number a meter is. */
public enum MeterKind {
    /** Only grows; Prometheus adds {@code _total}. */
    COUNTER,
    /** Goes up and down; read at the scrape. */
    GAUGE,
    /** Histogram of durations, in seconds. */
    TIMER,
    /** Histogram of amounts. */
    SUMMARY;

    /** What Prometheus calls it. */
    public String prometheusType() {
        return switch (this) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case TIMER, SUMMARY -> "histogram";
        };
    }
}
