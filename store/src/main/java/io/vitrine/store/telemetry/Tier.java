package io.vitrine.store.telemetry;

/** Where a file is in its life. */
public enum Tier {
    /** SQLite, being written, or finished and not yet turned into Parquet. */
    HOT,
    /** Parquet on the same disk. */
    WARM,
    /** Parquet in the directory for old files. */
    COLD
}
