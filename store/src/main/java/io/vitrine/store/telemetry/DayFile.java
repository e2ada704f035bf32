package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.sql.Column;
import io.vitrine.store.sql.Durability;
import io.vitrine.store.sql.Schema;
import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;
import io.vitrine.store.telemetry.StageBucket.Slot;

/** One day's SQLite file, open for writing. Writer's thread only. */
final class DayFile implements AutoCloseable {
    static final Schema SCHEMA = Schema.of(DayFile.class, "telemetry-1.sql");

    private final Path path;
    private final Connection connection;
    private final Map<Signal, PreparedStatement> inserts = new EnumMap<>(Signal.class);
    private final Map<Slot, PreparedStatement> upserts = new EnumMap<>(Slot.class);

    private DayFile(Path path, Connection connection) {
        this.path = path;
        this.connection = connection;
    }

    static DayFile open(Path path) {
        return new DayFile(path, Sqlite.openForWriting(path, Durability.PROCESS_CRASH, SCHEMA));
    }

    /** Whether a file has no tables yet: its writer has only just made it. For any connection to it. */
    static boolean isBlank(Connection file) throws SQLException {
        return Sql.first(file, "PRAGMA user_version", row -> row.getInt(1)).orElse(0) == 0;
    }

    /**
     * This signal's rows in a day file, to select from; columns and tables that an older version did not write are null and empty. For any
     * connection to it.
     */
    static String source(Connection file, Signal signal) throws SQLException {
        Set<String> found =
                Set.copyOf(Sql.list(file, "PRAGMA table_info(" + signal.table() + ")", row -> row.getString("name")));
        if (found.containsAll(signal.columns().stream().map(Column::name).toList())) {
            return signal.table();
        }
        String columns = signal.columns().stream()
                .map(column -> found.contains(column.name()) ? column.name() : "NULL AS " + column.name())
                .collect(Collectors.joining(", "));
        return found.isEmpty()
                ? "(SELECT NULL AS id, " + columns + " WHERE 0)"
                : "(SELECT rowid AS id, " + columns + " FROM " + signal.table() + ")";
    }

    Path path() {
        return path;
    }

    Connection connection() {
        return connection;
    }

    /** Writes all of them, or none; but not those of tenants that have been deleted since, which are returned. */
    List<PendingRow> write(List<PendingRow> rows, Erasures erasures) throws SQLException {
        Sql.execute(connection, "BEGIN IMMEDIATE");
        try {
            erasures.refresh();
            List<PendingRow> erased = rows.stream().filter(erasures::covers).toList();
            Set<String> lateIds = erased.stream()
                    .flatMap(pending -> Stream.ofNullable(pending.row().requestId()))
                    .collect(Collectors.toSet());
            erasures.addLate(lateIds);
            write(rows.stream()
                    .filter(pending -> !erasures.covers(pending))
                    .map(pending -> erasures.cleared(pending.row()))
                    .toList());
            if (!erased.isEmpty()) {
                DayFileErasure erasure = new DayFileErasure(connection);
                erasure.clearRequestIds(lateIds::contains);
                erasure.deleteLinesBefore(erased.stream().map(PendingRow::row).toList());
            }
            Sql.execute(connection, "COMMIT");
            return erased;
        } catch (SQLException | RuntimeException | Error e) {
            Sql.rollback(connection, e);
            throw e;
        }
    }

    private void write(List<TelemetryRow> rows) throws SQLException {
        for (TelemetryRow row : rows) {
            PreparedStatement insert = insert(row.signal());
            Sql.bind(insert, row.values());
            insert.executeUpdate();
        }
        for (Slot slot : Slot.values()) {
            count(rows, slot);
        }
    }

    private void count(List<TelemetryRow> rows, Slot slot) throws SQLException {
        Map<StageBucket, Long> counts = StageBucket.count(rows, slot);
        if (counts.isEmpty()) {
            return;
        }
        PreparedStatement upsert = upsert(slot);
        for (Map.Entry<StageBucket, Long> count : counts.entrySet()) {
            StageBucket bucket = count.getKey();
            Sql.bind(upsert, bucket.slot(), bucket.name(), bucket.bucket(), count.getValue());
            upsert.executeUpdate();
        }
    }

    private PreparedStatement upsert(Slot slot) throws SQLException {
        PreparedStatement upsert = upserts.get(slot);
        if (upsert == null) {
            upsert = connection.prepareStatement(slot.upsert());
            upserts.put(slot, upsert);
        }
        return upsert;
    }

    /** Removes a tenant's rows, also from the words that text search knows; how many of each signal. */
    Map<Signal, Long> deleteTenant(String tenantId) throws SQLException {
        return erase(erasure -> erasure.deleteTenant(tenantId));
    }

    /** Removes request ids from rows that belong to no tenant; how many rows of each signal had any of them. */
    Map<Signal, Long> clearRequestIds(Predicate<String> erased) throws SQLException {
        return erase(erasure -> erasure.clearRequestIds(erased));
    }

    @FunctionalInterface
    private interface Erasing {
        Map<Signal, Long> with(DayFileErasure erasure) throws SQLException;
    }

    private Map<Signal, Long> erase(Erasing erasing) throws SQLException {
        Map<Signal, Long> rows;
        Sql.execute(connection, "BEGIN IMMEDIATE");
        try {
            rows = erasing.with(new DayFileErasure(connection));
            Sql.execute(connection, "COMMIT");
        } catch (SQLException | RuntimeException e) {
            Sql.rollback(connection, e);
            throw e;
        }
        if (!rows.isEmpty()) {
            // What a reader keeps in the log now, the next checkpoint moves.
            checkpointed();
        }
        return rows;
    }

    /**
     * Brings the write-ahead log into the file, so that the file alone is the day.
     *
     * @throws StoreException if a reader keeps part of it in the log: {@link Reason#IN_USE}, and nothing is lost
     */
    void checkpoint() throws SQLException {
        if (!checkpointed()) {
            throw new StoreException(
                    Reason.IN_USE, "a reader keeps part of the write-ahead log from being moved into " + path);
        }
    }

    /** Whether all of the log was moved: SQLite answers whether a reader was in the way, the log's frames, and those moved. */
    private boolean checkpointed() throws SQLException {
        return Sql.first(
                        connection,
                        "PRAGMA wal_checkpoint(TRUNCATE)",
                        row -> row.getInt(1) == 0 && row.getLong(2) == row.getLong(3))
                .orElseThrow();
    }

    private PreparedStatement insert(Signal signal) throws SQLException {
        PreparedStatement insert = inserts.get(signal);
        if (insert == null) {
            insert = connection.prepareStatement(signal.insert());
            inserts.put(signal, insert);
        }
        return insert;
    }

    @Override
    public void close() throws SQLException {
        // Its statements go with it.
        connection.close();
    }
}
