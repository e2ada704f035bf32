package io.vitrine.tenants.keys;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Where keys are kept. What a call has done holds when it returns, a crash later included; one that fails throws and has done
 * nothing. May block: never called while a request is checked.
 */
public interface KeyStore {

    /** All keys, revoked and expired ones too. */
    List<StoredKey> all();

    /** False, and nothing done, if there is a key with this prefix. */
    boolean insert(StoredKey key);

    /** Revokes a key that is there. */
    void revoke(String prefix, Instant at);

    /** When keys were last used, by prefix; those that are not there are passed over. */
    void saveLastUsed(Map<String, Instant> usedAt);
}
