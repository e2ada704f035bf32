package io.vitrine.store.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import io.vitrine.store.sql.Sql;

/** Deletes the content of evidence that names a tenant. */
final class EvidenceErasure {

    private static final String NOTE = "deleted: it named a tenant whose data was deleted";

    private EvidenceErasure() {}

    /** Inside a transaction of the caller's; how many items. */
    static long erase(Connection connection, String tenantId) throws SQLException {
        List<Long> rows = Sql.list(
                connection, "SELECT rowid FROM incident_evidence WHERE content IS NOT NULL", row -> row.getLong(1));
        long erased = 0;
        for (long row : rows) { // one by one: all of them need not fit into memory
            if (names(connection, row, tenantId)) {
                Sql.update(
                        connection,
                        "UPDATE incident_evidence SET content = NULL, bytes = 0, note = ? WHERE rowid = ?",
                        NOTE,
                        row);
                erased++;
            }
        }
        return erased;
    }

    private static boolean names(Connection connection, long row, String tenantId) throws SQLException {
        return Sql.first(
                        connection,
                        "SELECT content FROM incident_evidence WHERE rowid = ?",
                        found -> found.getBytes(1),
                        row)
                .map(content -> new String(IncidentLedger.gunzip(content), StandardCharsets.UTF_8))
                // As a JSON value: the id of a tenant may be a word.
                .filter(text -> text.contains('"' + tenantId + '"'))
                .isPresent();
    }
}
