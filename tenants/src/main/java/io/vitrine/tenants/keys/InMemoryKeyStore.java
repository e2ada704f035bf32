package io.vitrine.tenants.keys;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps keys as long as the process lives: for a server without a data folder, and for tests. Any thread. */
public final class InMemoryKeyStore implements KeyStore {

    private final Map<String, StoredKey> keys = new ConcurrentHashMap<>();

    @Override
    public List<StoredKey> all() {
        return List.copyOf(keys.values());
    }

    @Override
    public boolean insert(StoredKey key) {
        return keys.putIfAbsent(key.info().prefix(), key) == null;
    }

    @Override
    public void revoke(String prefix, Instant at) {
        keys.computeIfPresent(prefix, (same, key) -> new StoredKey(key.info().revokedAt(at), key.hash()));
    }

    @Override
    public void saveLastUsed(Map<String, Instant> usedAt) {
        usedAt.forEach((prefix, at) -> keys.computeIfPresent(
                prefix, (same, key) -> new StoredKey(key.info().usedAt(at), key.hash())));
    }
}
