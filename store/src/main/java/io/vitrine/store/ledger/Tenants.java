package io.vitrine.store.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Reads;
import io.vitrine.store.sql.Sql;

/** Tenants by id, each a JSON text whose meaning is the caller's. */
public final class Tenants {
    private final GroupCommit writer;
    private final Reads reads;

    Tenants(GroupCommit writer, Reads reads) {
        this.writer = writer;
        this.reads = reads;
    }

    /**
     * Adds or replaces some tenants, JSON by id, and removes others: all of it or nothing. Entries in the ledger stay. The keys of
     * a removed tenant are revoked with it, and a new tenant starts without keys, whoever had its id before.
     */
    public CompletableFuture<Void> apply(Map<String, String> saved, Set<String> removed, long atMillis) {
        Map<String, String> put = Map.copyOf(saved);
        Set<String> gone = Set.copyOf(removed);
        return writer.submit(connection -> {
            for (Map.Entry<String, String> tenant : put.entrySet()) {
                revokeKeysUnlessThere(connection, tenant.getKey(), atMillis);
                put(connection, tenant.getKey(), tenant.getValue());
            }
            for (String id : gone) {
                Sql.update(connection, "DELETE FROM tenants WHERE id = ?", id);
                revokeKeysUnlessThere(connection, id, atMillis);
            }
            return null;
        });
    }

    private static void revokeKeysUnlessThere(Connection connection, String id, long atMillis) throws SQLException {
        Sql.update(
                connection,
                "UPDATE api_keys SET revoked = ?1 WHERE tenant = ?2 AND revoked IS NULL"
                        + " AND NOT EXISTS (SELECT 1 FROM tenants WHERE id = ?2)",
                atMillis,
                id);
    }

    private static void put(Connection connection, String id, String json) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO tenants (id, json) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json",
                id,
                json);
    }

    public Optional<String> find(String id) {
        return reads.ask(connection ->
                Sql.first(connection, "SELECT json FROM tenants WHERE id = ?", row -> row.getString(1), id));
    }

    /** All, JSON by id, in the order of their ids. */
    public Map<String, String> all() {
        Map<String, String> tenants = new LinkedHashMap<>();
        reads.ask(connection -> Sql.list(
                connection,
                "SELECT id, json FROM tenants ORDER BY id",
                row -> tenants.put(row.getString(1), row.getString(2))));
        return tenants;
    }
}
