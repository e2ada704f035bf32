package io.vitrine.server.live;

import org.jspecify.annotations.Nullable;

/**
 * The server at a moment. Rates are of the time since the reading before; percentiles of the requests that ended in the last minute;
 * what is not known is null.
 *
 * @param batchEfficiency useful tokens for each slot of a step that decoded
 */
public record Overview(
        String at,
        @Nullable Double running,
        @Nullable Double slots,
        @Nullable Double waiting,
        @Nullable Double queueLimit,
        @Nullable Double inFlight,
        @Nullable Double kvUsedPages,
        @Nullable Double kvCachedPages,
        @Nullable Double kvPages,
        @Nullable Double requestsPerSecond,
        @Nullable Double refusedPerSecond,
        @Nullable Double failedPerSecond,
        @Nullable Double inputTokensPerSecond,
        @Nullable Double outputTokensPerSecond,
        Percentiles ttftMs,
        Percentiles tpotMs,
        @Nullable Double cacheHitRatio,
        @Nullable Double batchMean,
        @Nullable Double batchEfficiency,
        @Nullable Double stepsPerSecond,
        @Nullable Double stepMsMean,
        @Nullable Double cpuRatio,
        @Nullable Double processMemoryBytes,
        long heapUsedBytes,
        long heapMaxBytes,
        @Nullable Double alertsFiring,
        @Nullable Double incidentsOpen) {

    /** Null if nothing ended. */
    public record Percentiles(
            @Nullable Double p50, @Nullable Double p95) {}
}
