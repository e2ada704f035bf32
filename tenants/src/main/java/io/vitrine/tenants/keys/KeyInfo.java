package io.vitrine.tenants.keys;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * All that may be shown of a key.
 *
 * @param prefix the key's public part, as {@link ApiKey#prefix}
 * @param expiresAt null for never
 * @param revokedAt null while it is good
 * @param lastUsedAt to the minute, and as late as last saved; null if never
 */
public record KeyInfo(
        String prefix,
        String tenantId,
        String label,
        Set<Scope> scopes,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {

    public KeyInfo {
        scopes = Set.copyOf(scopes);
    }

    /** Whether it is neither revoked nor expired. */
    public boolean goodAt(Instant now) {
        return !revoked() && !expired(now);
    }

    boolean revoked() {
        return revokedAt != null;
    }

    boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    KeyInfo revokedAt(Instant at) {
        return new KeyInfo(prefix, tenantId, label, scopes, createdAt, expiresAt, at, lastUsedAt);
    }

    KeyInfo usedAt(Instant at) {
        return new KeyInfo(prefix, tenantId, label, scopes, createdAt, expiresAt, revokedAt, at);
    }
}
