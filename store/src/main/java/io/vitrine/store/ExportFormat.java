package io.vitrine.store;

/** What an exported file is written as. */
public enum ExportFormat {
    /** Comma-separated values with a header line. */
    CSV,
    /** Parquet, compressed with zstd. */
    PARQUET
}
