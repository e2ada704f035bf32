package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import io.vitrine.store.sql.Sql;

/** The statements that take a tenant out of the ledger, as far as that may be. */
final class ErasureTable {
    /** No request is under way for longer. */
    private static final long KEPT_MILLIS = Duration.ofDays(9).toMillis();

    private ErasureTable() {}

    /** Inside a transaction of the caller's. */
    static TenantErasure erase(Connection connection, String tenantId, boolean pseudonymise, long atMillis)
            throws SQLException {
        note(connection, tenantId, pseudonymise, atMillis);
        long feedback = Sql.update(connection, "DELETE FROM feedback WHERE tenant_id = ?", tenantId);
        long entries = count(connection, "cost_entries WHERE tenant_id = ?", tenantId);
        long keys = count(connection, "api_keys WHERE tenant = ?", tenantId);
        long audits = count(connection, "audit WHERE target = ?", tenantId);
        Optional<String> pseudonym = pseudonymise && entries > 0 ? Optional.of(pseudonym()) : Optional.empty();
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

    private static void note(Connection connection, String tenantId, boolean pseudonymise, long atMillis)
            throws SQLException {
        Sql.update(connection, "DELETE FROM erasures WHERE at_millis < ?", atMillis - KEPT_MILLIS);
        Sql.update(
                connection,
                "INSERT INTO erasures (tenant_id, at_millis, pseudonymised) VALUES (?, ?, ?) ON CONFLICT (tenant_id)"
                        + " DO UPDATE SET at_millis = max(at_millis, excluded.at_millis),"
                        + " pseudonymised = max(pseudonymised, excluded.pseudonymised)",
                tenantId,
                atMillis,
                pseudonymise ? 1 : 0);
    }

    /** An entry as it may be written: one of a request that was under way when its tenant got a pseudonym gets one of its own. */
    static CostEntry asAllowed(Connection connection, CostEntry entry) throws SQLException {
        boolean hidden = Sql.first(
                        connection,
                        "SELECT 1 FROM erasures WHERE tenant_id = ? AND pseudonymised = 1 AND at_millis > ?",
                        row -> row.getInt(1),
                        entry.tenantId(),
                        entry.atEpochMillis())
                .isPresent();
        return hidden ? entry.under(pseudonym(), pseudonym()) : entry;
    }

    private static String pseudonym() {
        return "erased-" + UUID.randomUUID();
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
