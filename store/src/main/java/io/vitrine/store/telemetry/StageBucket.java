package io.vitrine.store.telemetry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Spans of one stage that began in one minute and took about as long: counting them while they are written answers at once what would
 * otherwise be a sort of millions. Buckets grow by 2 %, so the middle of one is at most 1 % from whatever is in it.
 *
 * @param minute since 1970
 * @param bucket {@code floor(50 ln(nanoseconds))}
 */
record StageBucket(String name, long minute, long bucket) {

    static final String UPSERT = "INSERT INTO stage_counts (name, minute, bucket, spans) VALUES (?, ?, ?, ?) "
            + "ON CONFLICT (name, minute, bucket) DO UPDATE SET spans = spans + excluded.spans";

    /** The bucket of a row of spans, in DuckDB's SQL. */
    static final String OF_ROW = "CAST(floor(ln(greatest(duration_nanos, 1)) * 50) AS BIGINT)";

    private static final int BUCKETS_PER_E = 50;

    static StageBucket of(SpanRow span) {
        return new StageBucket(span.name(), Math.floorDiv(span.startEpochNanos(), TimeUnit.MINUTES.toNanos(1)), (long)
                Math.floor(Math.log((double) Math.max(1, span.durationNanos())) * BUCKETS_PER_E));
    }

    /** The spans among these rows. */
    static Map<StageBucket, Long> count(List<TelemetryRow> rows) {
        Map<StageBucket, Long> counts = new HashMap<>();
        for (TelemetryRow row : rows) {
            if (row instanceof SpanRow span) {
                counts.merge(of(span), 1L, Long::sum);
            }
        }
        return counts;
    }

    /** A duration in the middle of a bucket. */
    static long nanos(long bucket) {
        return Math.round(Math.exp((bucket + 0.5) / BUCKETS_PER_E));
    }
}
