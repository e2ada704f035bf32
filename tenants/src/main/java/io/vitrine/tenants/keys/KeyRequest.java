package io.vitrine.tenants.keys;

import java.time.DateTimeException;
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

    private static final Instant FIRST_EXPIRY = Instant.EPOCH;
    private static final Instant LAST_EXPIRY = Instant.parse("9999-12-31T23:59:59.999Z");

    public KeyRequest {
        if (label.length() > MAX_LABEL_LENGTH) {
            throw new IllegalArgumentException(
                    "a key's label must have at most " + MAX_LABEL_LENGTH + " characters: " + label.length());
        }
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a key must have at least one scope");
        }
        scopes = Set.copyOf(scopes);
        if (expiresAt != null) {
            requireExpiry(expiresAt);
        }
    }

    /**
     * Requires a time at which a key can expire, as every store can keep it.
     *
     * @return the same
     * @throws DateTimeException before 1970 or after 9999
     */
    public static Instant requireExpiry(Instant expiresAt) {
        if (expiresAt.isBefore(FIRST_EXPIRY) || expiresAt.isAfter(LAST_EXPIRY)) {
            throw new DateTimeException("a key must expire between 1970 and 9999: " + expiresAt);
        }
        return expiresAt;
    }
}
