package io.vitrine.store.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import io.vitrine.store.sql.Sql;
import io.vitrine.store.sql.Sqlite;

/** The statements that take a tenant out of the ledger, as far as that may be. */
final class ErasureTable {
    private ErasureTable() {}

    /** Inside a transaction of the caller's. */
    static TenantErasure erase(Connection connection, Path file, String tenantId, boolean pseudonymise)
            throws SQLException {
        // Overwritten with zeros: what is deleted must not be found in free pages.
        Sql.first(connection, "PRAGMA secure_delete = ON", row -> row.getInt(1));
        Sqlite.requirePragma(connection, file, "secure_delete", "1");
        long feedback = Sql.update(connection, "DELETE FROM feedback WHERE tenant_id = ?", tenantId);
        long entries = count(connection, "cost_entries WHERE tenant_id = ?", tenantId);
        long keys = count(connection, "api_keys WHERE tenant = ?", tenantId);
        long audits = count(connection, "audit WHERE target = ?", tenantId);
        Optional<String> pseudonym =
                pseudonymise && entries > 0 ? Optional.of("erased-" + UUID.randomUUID()) : Optional.empty();
        if (pseudonym.isPresent()) {
            Sql.update(
                    connection,
                    "UPDATE cost_entries SET tenant_id = ?, key_id = NULL, trace_id = NULL,"
                            + " entry_id = 'erased_' || lower(hex(randomblob(16))),"
                            + " request_id = 'erased_' || lower(hex(randomblob(16))) WHERE tenant_id = ?",
                    pseudonym.get(),
                    tenantId);
        }
        return new TenantErasure(
                feedback, entries, pseudonym, keys, EvidenceErasure.erase(connection, tenantId), audits);
    }

    private static long count(Connection connection, String what, String tenantId) throws SQLException {
        return Sql.first(connection, "SELECT count(*) FROM " + what, row -> row.getLong(1), tenantId)
                .orElse(0L);
    }

    /** Of the requests of a tenant that have an entry of that time. */
    static Set<String> requestIds(Connection connection, String tenantId, long fromMillis, long endMillis)
            throws SQLException {
        return Set.copyOf(Sql.list(
                connection,
                "SELECT DISTINCT request_id FROM cost_entries WHERE tenant_id = ? AND at_millis >= ? AND at_millis < ?",
                row -> row.getString(1),
                tenantId,
                fromMillis,
                endMillis));
    }
}
