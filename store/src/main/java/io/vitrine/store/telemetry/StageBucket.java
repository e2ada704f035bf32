package io.vitrine.store.telemetry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Spans of one stage that began in one minute, or hour, and took about as long: counting them while they are written answers at once
 * what would otherwise be a sort of millions. Buckets grow by 2 %, so the middle of one is at most 1 % from whatever is in it.
 *
 * @param slot which minute or hour since 1970
 * @param bucket {@code floor(50 ln(nanoseconds))}
 */
record StageBucket(long slot, String name, long bucket) {

    /** How long a slot is, and the table of those counts. */
    enum Slot {
        MINUTE("stage_minutes", TimeUnit.MINUTES.toNanos(1)),
        HOUR("stage_hours", TimeUnit.HOURS.toNanos(1));

        private final String table;
        private final long nanos;

        Slot(String table, long nanos) {
            this.table = table;
            this.nanos = nanos;
        }

        long nanos() {
            return nanos;
        }

        String upsert() {
            return "INSERT INTO " + table + " (slot, name, bucket, spans) VALUES (?, ?, ?, ?) "
                    + "ON CONFLICT (slot, name, bucket) DO UPDATE SET spans = spans + excluded.spans";
        }

        /** Counts by stage and bucket, from one slot to another, that one not included. */
        String select() {
            return "SELECT name, bucket, sum(spans) AS spans FROM " + table
                    + " WHERE slot >= ? AND slot < ? GROUP BY name, bucket";
        }
    }

    /** The bucket of a row of spans, in DuckDB's SQL. */
    static final String OF_ROW = "CAST(floor(ln(greatest(duration_nanos, 1)) * 50) AS BIGINT)";

    private static final int BUCKETS_PER_E = 50;

    static StageBucket of(SpanRow span, Slot slot) {
        return new StageBucket(Math.floorDiv(span.startEpochNanos(), slot.nanos()), span.name(), (long)
                Math.floor(Math.log((double) Math.max(1, span.durationNanos())) * BUCKETS_PER_E));
    }

    /** The spans among these rows. */
    static Map<StageBucket, Long> count(List<TelemetryRow> rows, Slot slot) {
        Map<StageBucket, Long> counts = new HashMap<>();
        for (TelemetryRow row : rows) {
            if (row instanceof SpanRow span) {
                counts.merge(of(span, slot), 1L, Long::sum);
            }
        }
        return counts;
    }

    /** A duration in the middle of a bucket. */
    static long nanos(long bucket) {
        return Math.round(Math.exp((bucket + 0.5) / BUCKETS_PER_E));
    }
}
