package io.vitrine.tenants.keys;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The key that someone wants made.
 *
 * @param label what its owner calls it, at most {@value #MAX_LABEL_LENGTH} characters; may be empty
 * @param scopes at least one
 * @param expiresAt from then on it is refused; null for never
 */
public record KeyRequest(
        String tenantId,
        String label,
        Set<Scope> scopes,
        @Nullable Instant expiresAt) {

    static final int MAX_LABEL_LENGTH = 100;

    public KeyRequest {
        if (label.length() > MAX_LABEL_LENGTH) {
            throw new IllegalArgumentException(
                    "a key's label must have at most " + MAX_LABEL_LENGTH + " characters: " + label.length());
        }
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a key must have at least one scope");
        }
        scopes = Set.copyOf(scopes);
    }
}
