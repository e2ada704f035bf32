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

    /** Adds or replaces some tenants, JSON by id, and removes others: all of it or nothing. Entries in the ledger stay. */
    public CompletableFuture<Void> apply(Map<String, String> saved, Set<String> removed) {
        Map<String, String> put = Map.copyOf(saved);
        Set<String> gone = Set.copyOf(removed);
        return writer.submit(connection -> {
            for (Map.Entry<String, String> tenant : put.entrySet()) {
                put(connection, tenant.getKey(), tenant.getValue());
            }
            for (String id : gone) {
                Sql.update(connection, "DELETE FROM tenants WHERE id = ?", id);
            }
            return null;
        });
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
