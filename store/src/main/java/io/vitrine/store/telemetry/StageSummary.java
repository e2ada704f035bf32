package io.vitrine.store.telemetry;

import java.util.SortedMap;

/**
 * How long one stage took, over all its spans in a stretch of time. Exact to 1 %; of the traces that were kept.
 *
 * @param name of the spans
 */
public record StageSummary(String name, long count, long p50Nanos, long p95Nanos, long p99Nanos) {

    /** Nearest rank, over counts by bucket; there is at least one. */
    static StageSummary of(String name, SortedMap<Long, Long> counts) {
        long count = counts.values().stream().mapToLong(Long::longValue).sum();
        return new StageSummary(name, count, at(counts, count, 0.50), at(counts, count, 0.95), at(counts, count, 0.99));
    }

    private static long at(SortedMap<Long, Long> counts, long count, double quantile) {
        long rank = Math.max(1, (long) Math.ceil(quantile * count));
        long seen = 0;
        for (var bucket : counts.entrySet()) {
            seen += bucket.getValue();
            if (seen >= rank) {
                return StageBucket.nanos(bucket.getKey());
            }
        }
        return StageBucket.nanos(counts.lastKey());
    }
}
