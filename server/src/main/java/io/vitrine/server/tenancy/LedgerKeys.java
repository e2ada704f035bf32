package io.vitrine.server.tenancy;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.vitrine.store.ledger.ApiKey;
import io.vitrine.store.ledger.ApiKeys;
import io.vitrine.tenants.keys.KeyHash;
import io.vitrine.tenants.keys.KeyInfo;
import io.vitrine.tenants.keys.KeyStore;
import io.vitrine.tenants.keys.Scope;
import io.vitrine.tenants.keys.StoredKey;
import org.jspecify.annotations.Nullable;

/** Keys in the ledger. */
final class LedgerKeys implements KeyStore {

    private final ApiKeys rows;

    LedgerKeys(ApiKeys rows) {
        this.rows = rows;
    }

    @Override
    public List<StoredKey> all() {
        return rows.all().stream().map(LedgerKeys::key).toList();
    }

    @Override
    public boolean insert(StoredKey key) {
        return rows.add(row(key)).join();
    }

    @Override
    public void revoke(String prefix, Instant at) {
        rows.revoke(prefix, at.toEpochMilli()).join();
    }

    @Override
    public void saveLastUsed(Map<String, Instant> usedAt) {
        Map<String, Long> millis = new TreeMap<>();
        usedAt.forEach((prefix, at) -> millis.put(prefix, at.toEpochMilli()));
        rows.used(millis).join();
    }

    private static StoredKey key(ApiKey row) {
        KeyInfo info = new KeyInfo(
                row.prefix(),
                row.tenant(),
                row.label(),
                scopes(row.scopes()),
                Instant.ofEpochMilli(row.created()),
                instant(row.expires()),
                instant(row.revoked()),
                instant(row.lastUsed()));
        return new StoredKey(info, KeyHash.ofHex(row.hash()));
    }

    private static ApiKey row(StoredKey key) {
        KeyInfo info = key.info();
        return new ApiKey(
                info.prefix(),
                key.hash().hex(),
                info.tenantId(),
                info.label(),
                info.scopes().stream().map(Scope::label).sorted().collect(Collectors.joining(",")),
                info.createdAt().toEpochMilli(),
                millis(info.expiresAt()),
                millis(info.revokedAt()),
                millis(info.lastUsedAt()));
    }

    private static Set<Scope> scopes(String labels) {
        return Arrays.stream(labels.split(",", -1))
                .map(label -> Scope.ofLabel(label)
                        .orElseThrow(() -> new IllegalStateException("the ledger has an unknown scope: " + label)))
                .collect(Collectors.toSet());
    }

    private static @Nullable Instant instant(@Nullable Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }
}
