package io.vitrine.store.telemetry;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.vitrine.store.sql.Deadline;
import io.vitrine.store.sql.Sql;

/** Counts by stage and bucket, file by file: day files have them ready, Parquet files are counted through. */
final class Stages {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final String READY = "SELECT name, bucket, sum(spans) AS spans FROM stage_counts "
            + "WHERE minute >= ? AND minute < ? GROUP BY name, bucket";
    private static final String COUNTED = "SELECT name, " + StageBucket.OF_ROW
            + " AS bucket, count(*) AS spans FROM %s " + "WHERE at_nanos >= ? AND at_nanos < ? GROUP BY 1, 2";

    private final TimeRange range;
    private final Map<String, TreeMap<Long, Long>> byStage = new TreeMap<>();

    /** Over whole minutes: the range begins with the one it begins in and ends with the one it ends in. */
    Stages(TimeRange range) {
        long from = Math.floorDiv(range.fromEpochNanos(), MINUTE);
        long to = Math.floorDiv(range.toEpochNanos() + MINUTE - 1, MINUTE);
        this.range = new TimeRange(from * MINUTE, to * MINUTE);
    }

    TimeRange range() {
        return range;
    }

    List<StageSummary> summaries() {
        return byStage.entrySet().stream()
                .map(stage -> StageSummary.of(stage.getKey(), stage.getValue()))
                .toList();
    }

    void addDayFile(Connection day, Deadline deadline) throws SQLException {
        add(Sql.list(
                day, READY, Stages::count, deadline, range.fromEpochNanos() / MINUTE, range.toEpochNanos() / MINUTE));
    }

    void addParquet(Connection duckDb, String source, Deadline deadline) throws SQLException {
        add(Sql.list(
                duckDb,
                String.format(COUNTED, source),
                Stages::count,
                deadline,
                range.fromEpochNanos(),
                range.toEpochNanos()));
    }

    private record Count(String name, long bucket, long spans) {}

    private static Count count(ResultSet row) throws SQLException {
        return new Count(row.getString("name"), row.getLong("bucket"), row.getLong("spans"));
    }

    /** All of a file or, where it fails, nothing of it. */
    private void add(List<Count> counts) {
        for (Count count : counts) {
            byStage.computeIfAbsent(count.name(), name -> new TreeMap<>())
                    .merge(count.bucket(), count.spans(), Long::sum);
        }
    }
}
