package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import io.vitrine.store.sql.Sql;
import org.jspecify.annotations.Nullable;

/**
 * The incidents within one write transaction: what is read here cannot change before it is written, by this process or
 * another. Used inside a {@link IncidentLedger.Change} only.
 */
public final class IncidentTable {
    static final String COLUMNS = "id, version, severity, state, detected_millis, ended_millis, due_day, json";

    private final Connection connection;

    IncidentTable(Connection connection) {
        this.connection = connection;
    }

    /** Incidents that have not ended, by id. */
    public List<IncidentRow> unended() throws SQLException {
        return Sql.list(
                connection,
                "SELECT " + COLUMNS + " FROM incidents WHERE ended_millis IS NULL ORDER BY id",
                Rows::incident);
    }

    public Optional<IncidentRow> find(long id) throws SQLException {
        return find(connection, id);
    }

    static Optional<IncidentRow> find(Connection connection, long id) throws SQLException {
        return Sql.first(connection, "SELECT " + COLUMNS + " FROM incidents WHERE id = ?", Rows::incident, id);
    }

    /** The last id that was given; 0 if none was. Ids of deleted incidents are not given again. */
    public long lastId() throws SQLException {
        return Sql.first(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'incidents'", row -> row.getLong(1))
                .orElse(0L);
    }

    /**
     * Inserts an incident of version 0, or replaces it if its version is the stored one.
     *
     * @return the same with its new version
     * @throws SQLException if it was changed since it was read
     */
    public IncidentRow save(IncidentRow row) throws SQLException {
        int changed = row.version() == 0 ? insert(row) : update(row);
        if (changed != 1) {
            throw new SQLException("incident " + row.id() + " was changed since its version " + row.version());
        }
        return new IncidentRow(
                row.id(),
                row.version() + 1,
                row.severity(),
                row.state(),
                row.detectedMillis(),
                row.endedMillis(),
                row.dueDay(),
                row.json());
    }

    private int insert(IncidentRow row) throws SQLException {
        return Sql.update(
                connection,
                "INSERT INTO incidents (" + COLUMNS + ") VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
                row.id(),
                row.severity(),
                row.state(),
                row.detectedMillis(),
                row.endedMillis(),
                row.dueDay(),
                row.json());
    }

    private int update(IncidentRow row) throws SQLException {
        return Sql.update(
                connection,
                "UPDATE incidents SET version = version + 1, severity = ?, state = ?, detected_millis = ?,"
                        + " ended_millis = ?, due_day = ?, json = ? WHERE id = ? AND version = ?",
                row.severity(),
                row.state(),
                row.detectedMillis(),
                row.endedMillis(),
                row.dueDay(),
                row.json(),
                row.id(),
                row.version());
    }

    /**
     * Adds an item, or replaces it; nothing if there is no such incident.
     *
     * @param content compressed; null if there is none
     */
    public void saveEvidence(EvidenceRow row, byte @Nullable [] content) throws SQLException {
        Sql.update(
                connection,
                "INSERT OR REPLACE INTO incident_evidence"
                        + " (incident_id, name, media_type, taken_millis, bytes, note, content)"
                        + " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM incidents WHERE id = ?1)",
                row.incidentId(),
                row.name(),
                row.mediaType(),
                row.takenMillis(),
                row.bytes(),
                row.note(),
                content);
    }

    /** Adds an entry to the audit log, in the same transaction. */
    public void audit(AuditEntry entry) throws SQLException {
        AuditLog.insert(connection, entry);
    }

    /** Deletes incidents, with their evidence, that are past a limit; how many. */
    int prune(IncidentLimits limits) throws SQLException {
        List<Long> ended = Sql.list(
                connection,
                "SELECT id FROM incidents WHERE ended_millis IS NOT NULL ORDER BY ended_millis, id",
                row -> row.getLong(1));
        int deleted = 0;
        for (long id : ended) {
            if (!isPast(limits, id)) {
                break;
            }
            Sql.update(connection, "DELETE FROM incident_evidence WHERE incident_id = ?", id);
            deleted += Sql.update(connection, "DELETE FROM incidents WHERE id = ?", id);
        }
        return deleted;
    }

    private boolean isPast(IncidentLimits limits, long id) throws SQLException {
        return number("SELECT ended_millis FROM incidents WHERE id = ?", id) < limits.endedBeforeMillis()
                || number("SELECT count(*) FROM incidents") > limits.maxCount()
                || number("SELECT coalesce(sum(length(content)), 0) FROM incident_evidence") > limits.maxBytes();
    }

    private long number(String sql, Object... parameters) throws SQLException {
        return Sql.first(connection, sql, row -> row.getLong(1), parameters).orElse(0L);
    }
}
