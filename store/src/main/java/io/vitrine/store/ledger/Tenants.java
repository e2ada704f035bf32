package io.vitrine.store.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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

    /** Adds a tenant, or replaces it whole. */
    public CompletableFuture<Void> put(String id, String json) {
        return writer.submit(connection -> {
            Sql.update(
                    connection,
                    "INSERT INTO tenants (id, json) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json",
                    id,
                    json);
            return null;
        });
    }

    /** False if there was none. Its entries in the ledger stay. */
    public CompletableFuture<Boolean> remove(String id) {
        return writer.submit(connection -> Sql.update(connection, "DELETE FROM tenants WHERE id = ?", id) > 0);
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
