package io.vitrine.loadtest.measure;

/** How the client knows the number of tokens in a chunk. It is never guessed. */
public enum TokenCounting {
    /** Every chunk says how many tokens there are so far. */
    PER_CHUNK,
    /** As many chunks as tokens in all: each has one. */
    ONE_PER_CHUNK,
    /** Only the total is known. */
    TOTAL_ONLY,
    /** No usage came. */
    UNKNOWN
}
