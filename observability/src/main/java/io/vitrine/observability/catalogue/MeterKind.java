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
    SUMMARY
}
