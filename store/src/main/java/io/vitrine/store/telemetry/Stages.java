package io.vitrine.store.telemetry;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.vitrine.store.sql.Deadline;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.telemetry.StageBucket.Slot;

/** Counts by stage and bucket, file by file: day files have them ready, Parquet files are counted through. */
final class Stages {
    private static final long MINUTE = Slot.MINUTE.nanos();
    private static final long HOUR = Slot.HOUR.nanos();
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

    /** Whole hours from the counts by hour, what is left at both ends from those by minute. */
    void addDayFile(Connection day, Deadline deadline) throws SQLException {
        long from = range.fromEpochNanos();
        long to = range.toEpochNanos();
        long firstHour = Math.floorDiv(from + HOUR - 1, HOUR) * HOUR;
        long lastHour = Math.floorDiv(to, HOUR) * HOUR;
        List<Count> counts = new ArrayList<>();
        if (firstHour < lastHour) {
            counts.addAll(counts(day, Slot.MINUTE, from, firstHour, deadline));
            counts.addAll(counts(day, Slot.HOUR, firstHour, lastHour, deadline));
            counts.addAll(counts(day, Slot.MINUTE, lastHour, to, deadline));
        } else {
            counts.addAll(counts(day, Slot.MINUTE, from, to, deadline));
        }
        add(counts);
    }

    private static List<Count> counts(Connection day, Slot slot, long from, long to, Deadline deadline)
            throws SQLException {
        return Sql.list(day, slot.select(), Stages::count, deadline, from / slot.nanos(), to / slot.nanos());
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
