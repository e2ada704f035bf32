package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

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

    Path path() {
        return path;
    }

    Connection connection() {
        return connection;
    }

    /** Writes all of them, or none. */
    void write(List<TelemetryRow> rows) throws SQLException {
        Sql.execute(connection, "BEGIN IMMEDIATE");
        try {
            for (TelemetryRow row : rows) {
                PreparedStatement insert = insert(row.signal());
                Sql.bind(insert, row.values());
                insert.executeUpdate();
            }
            for (Slot slot : Slot.values()) {
                count(rows, slot);
            }
            Sql.execute(connection, "COMMIT");
        } catch (SQLException | RuntimeException e) {
            Sql.rollback(connection, e);
            throw e;
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
        Map<Signal, Long> deleted = new EnumMap<>(Signal.class);
        // Overwritten with zeros: what is deleted for a tenant must not be found in free pages.
        Sql.execute(connection, "PRAGMA secure_delete = ON");
        Sql.execute(connection, "BEGIN IMMEDIATE");
        try {
            for (Signal signal : Signal.values()) {
                if (signal.hasTenants()) {
                    deleted.put(signal, (long)
                            Sql.update(connection, "DELETE FROM " + signal.table() + " WHERE tenant_id = ?", tenantId));
                }
            }
            Sql.execute(connection, "COMMIT");
        } catch (SQLException e) {
            Sql.rollback(connection, e);
            throw e;
        }
        checkpoint();
        return deleted;
    }

    /** Brings the write-ahead log into the file, so that the file alone is the day. */
    void checkpoint() throws SQLException {
        Sql.first(connection, "PRAGMA wal_checkpoint(TRUNCATE)", row -> row.getInt(1));
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
