package io.vitrine.tenants.keys;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.tenants.AuditEntry;
import io.vitrine.tenants.AuditLog;
import org.jspecify.annotations.Nullable;

/**
 * All keys of the server: makes, checks, revokes and lists them.
 *
 * <p>{@link #verify} works from memory, takes no lock and may be called on an event loop; the others write to the store first
 * and may block. A key revoked here is refused from the moment {@link #revoke} returns; what another process changed in
 * the store holds after {@link #reload}. When a key was used is noted in memory, to the minute, until {@link
 * #saveLastUsed}.
 */
public final class KeyRing {

    /** Most keys, revoked ones included. */
    static final int MAX_KEYS = 1_000_000;

    /** Compared with where there is no such key, so that the time taken does not tell which prefixes exist. */
    private static final KeyHash NO_HASH = KeyHash.of(new byte[KeyHash.BYTES]);

    private final KeyStore store;
    private final KeyHasher hasher;
    private final Clock clock;
    private final AuditLog audit;
    private final SecureRandom random = new SecureRandom();
    private final Object change = new Object();
    private final Map<String, Instant> usedSinceSaved = new ConcurrentHashMap<>();
    private volatile Map<String, StoredKey> keys = new ConcurrentHashMap<>();

    /**
     * @param pepper the server's own secret, at least 16 bytes; with another one no kept key is good any more
     */
    public KeyRing(KeyStore store, byte[] pepper, Clock clock, AuditLog audit) {
        this.store = store;
        this.hasher = new KeyHasher(pepper);
        this.clock = clock;
        this.audit = audit;
        reload();
    }

    /** Takes over what the store holds now. */
    public void reload() {
        synchronized (change) {
            Map<String, StoredKey> read = new ConcurrentHashMap<>();
            store.all().forEach(key -> read.put(key.info().prefix(), key));
            keys = read;
        }
    }

    /**
     * Makes a key. The result is the only place where its secret ever is.
     *
     * @param actor who asks for it, for the audit log
     * @throws IllegalArgumentException if it would be expired from the start
     * @throws IllegalStateException if there are too many keys
     */
    public ApiKey create(KeyRequest request, String actor) {
        Instant now = clock.instant();
        requireFuture(request, now);
        synchronized (change) {
            requireRoom();
            ApiKey key = insertNew(request, now);
            recordCreated(key, request, now, actor);
            return key;
        }
    }

    /**
     * Makes a key of another server good here too: replicas share their clients' keys so. One that is here already
     * stays as it is, revoked or not.
     *
     * @param text the whole key, as {@link ApiKey#reveal} gave it
     * @return its prefix
     * @throws IllegalArgumentException if the text is no key, would be expired from the start, or has another key's prefix
     * @throws IllegalStateException if there are too many keys
     */
    public String adopt(String text, KeyRequest request, String actor) {
        ApiKey key = ApiKey.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("this is not an API key: mistyped or cut off"));
        Instant now = clock.instant();
        requireFuture(request, now);
        synchronized (change) {
            StoredKey known = keys.get(key.prefix());
            if (known != null) {
                if (!hasher.hash(key).matches(known.hash())) {
                    throw new IllegalArgumentException("there is another key with the prefix " + key.prefix());
                }
                return key.prefix();
            }
            requireRoom();
            if (!insert(key, request, now)) {
                throw new IllegalArgumentException("there is another key with the prefix " + key.prefix());
            }
            recordCreated(key, request, now, actor);
            return key.prefix();
        }
    }

    private static void requireFuture(KeyRequest request, Instant now) {
        if (request.expiresAt() != null && !request.expiresAt().isAfter(now)) {
            throw new IllegalArgumentException("a key must expire in the future: " + request.expiresAt());
        }
    }

    private void requireRoom() {
        if (keys.size() >= MAX_KEYS) {
            throw new IllegalStateException("there must not be more than " + MAX_KEYS + " keys");
        }
    }

    private void recordCreated(ApiKey key, KeyRequest request, Instant now, String actor) {
        audit.record(new AuditEntry(
                now, actor, AuditEntry.Action.KEY_CREATED, key.prefix(), "for tenant " + request.tenantId()));
    }

    private ApiKey insertNew(KeyRequest request, Instant now) {
        while (true) {
            ApiKey key = ApiKey.create(random);
            // One prefix in 2 * 10^14 is taken by another key: then another is drawn.
            if (insert(key, request, now)) {
                return key;
            }
        }
    }

    private boolean insert(ApiKey key, KeyRequest request, Instant now) {
        KeyInfo info = new KeyInfo(
                key.prefix(),
                request.tenantId(),
                request.label(),
                request.scopes(),
                now,
                request.expiresAt(),
                null,
                null);
        StoredKey stored = new StoredKey(info, hasher.hash(key));
        if (!store.insert(stored)) {
            return false;
        }
        keys.put(key.prefix(), stored);
        return true;
    }

    /** Whether the text is a key that is good for the scope, now. */
    public KeyVerdict verify(String text, Scope scope) {
        Optional<ApiKey> parsed = ApiKey.parse(text);
        if (parsed.isEmpty()) {
            return new KeyVerdict.Refused(KeyRefusal.MALFORMED, "this is not an API key: mistyped or cut off");
        }
        ApiKey key = parsed.get();
        StoredKey stored = keys.get(key.prefix());
        if (!hasher.hash(key).matches(stored == null ? NO_HASH : stored.hash()) || stored == null) {
            return new KeyVerdict.Refused(KeyRefusal.UNKNOWN, "unknown API key");
        }
        return judge(stored.info(), scope, clock.instant());
    }

    private KeyVerdict judge(KeyInfo key, Scope scope, Instant now) {
        if (key.revoked()) {
            return new KeyVerdict.Refused(KeyRefusal.REVOKED, key.prefix() + " was revoked");
        }
        if (key.expired(now)) {
            return new KeyVerdict.Refused(KeyRefusal.EXPIRED, key.prefix() + " expired at " + key.expiresAt());
        }
        if (!key.scopes().contains(scope)) {
            return new KeyVerdict.Refused(
                    KeyRefusal.MISSING_SCOPE, key.prefix() + " does not have the scope " + scope.label());
        }
        usedSinceSaved.put(key.prefix(), now.truncatedTo(ChronoUnit.MINUTES));
        return new KeyVerdict.Valid(key);
    }

    /**
     * Refuses the key from now on; one that is revoked already stays as it is.
     *
     * @param prefix as {@link ApiKey#prefix}
     * @return false if there is no such key
     */
    public boolean revoke(String prefix, String actor) {
        synchronized (change) {
            StoredKey key = keys.get(prefix);
            if (key == null) {
                return false;
            }
            if (!key.info().revoked()) {
                revoke(key, clock.instant(), actor);
            }
            return true;
        }
    }

    /** Refuses every key of a tenant from now on. */
    public void revokeAll(String tenantId, String actor) {
        synchronized (change) {
            Instant now = clock.instant();
            keys.values().stream()
                    .filter(key -> key.info().tenantId().equals(tenantId))
                    .filter(key -> !key.info().revoked())
                    .toList()
                    .forEach(key -> revoke(key, now, actor));
        }
    }

    private void revoke(StoredKey key, Instant now, String actor) {
        String prefix = key.info().prefix();
        store.revoke(prefix, now);
        keys.put(prefix, new StoredKey(key.info().revokedAt(now), key.hash()));
        audit.record(new AuditEntry(
                now,
                actor,
                AuditEntry.Action.KEY_REVOKED,
                prefix,
                "of tenant " + key.info().tenantId()));
    }

    /** A key by its public part, if it can be used now. */
    public Optional<KeyInfo> usable(String prefix) {
        return Optional.ofNullable(keys.get(prefix)).map(StoredKey::info).filter(key -> key.goodAt(clock.instant()));
    }

    /** Every key, oldest first, without its secret. */
    public List<KeyInfo> list() {
        return keys.values().stream()
                .map(key -> withLastUse(key.info()))
                .sorted(Comparator.comparing(KeyInfo::createdAt).thenComparing(KeyInfo::prefix))
                .toList();
    }

    private KeyInfo withLastUse(KeyInfo key) {
        @Nullable Instant usedAt = usedSinceSaved.get(key.prefix());
        return usedAt == null ? key : key.usedAt(usedAt);
    }

    /** Writes down when keys were used since the last time; to be called every minute or so, and before the end. */
    public void saveLastUsed() {
        synchronized (change) {
            Map<String, Instant> uses = new HashMap<>(usedSinceSaved);
            if (uses.isEmpty()) {
                return;
            }
            store.saveLastUsed(uses);
            uses.forEach((prefix, at) -> {
                keys.computeIfPresent(
                        prefix, (same, key) -> new StoredKey(key.info().usedAt(at), key.hash()));
                usedSinceSaved.remove(prefix, at);
            });
        }
    }
}
