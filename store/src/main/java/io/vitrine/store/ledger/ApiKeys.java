package io.vitrine.store.ledger;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Reads;
import io.vitrine.store.sql.Sql;

/** API keys by prefix, as hashes. */
public final class ApiKeys {
    private static final String COLUMNS = "prefix, hash, tenant, label, scopes, created, expires, revoked, last_used";

    private final GroupCommit writer;
    private final Reads reads;

    ApiKeys(GroupCommit writer, Reads reads) {
        this.writer = writer;
        this.reads = reads;
    }

    /** Adds a key; false if its prefix is taken, and then nothing changes. */
    public CompletableFuture<Boolean> add(ApiKey key) {
        return writer.submit(connection -> Sql.update(
                        connection,
                        "INSERT INTO api_keys (" + COLUMNS
                                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        key.prefix(),
                        key.hash(),
                        key.tenant(),
                        key.label(),
                        key.scopes(),
                        key.created(),
                        key.expires(),
                        key.revoked(),
                        key.lastUsed())
                > 0);
    }

    /** False if there is no such key or it was revoked before: the first time stands. */
    public CompletableFuture<Boolean> revoke(String prefix, long atMillis) {
        return writer.submit(connection -> Sql.update(
                        connection,
                        "UPDATE api_keys SET revoked = ? WHERE prefix = ? AND revoked IS NULL",
                        atMillis,
                        prefix)
                > 0);
    }

    /** Notes when keys were used, epoch milliseconds by prefix; what is older than the last use changes nothing. */
    public CompletableFuture<Void> used(Map<String, Long> atMillis) {
        Map<String, Long> uses = Map.copyOf(atMillis);
        return writer.submit(connection -> {
            for (Map.Entry<String, Long> use : uses.entrySet()) {
                Sql.update(
                        connection,
                        "UPDATE api_keys SET last_used = max(coalesce(last_used, ?2), ?2) WHERE prefix = ?1",
                        use.getKey(),
                        use.getValue());
            }
            return null;
        });
    }

    public Optional<ApiKey> find(String prefix) {
        return reads.ask(connection ->
                Sql.first(connection, "SELECT " + COLUMNS + " FROM api_keys WHERE prefix = ?", Rows::apiKey, prefix));
    }

    /** All, revoked and expired ones too, oldest first. */
    public List<ApiKey> all() {
        return reads.ask(connection ->
                Sql.list(connection, "SELECT " + COLUMNS + " FROM api_keys ORDER BY created, prefix", Rows::apiKey));
    }
}
