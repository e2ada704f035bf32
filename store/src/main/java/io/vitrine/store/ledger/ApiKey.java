package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * A key as it is kept: never itself, only its hash.
 *
 * @param prefix the first characters, shown to people; finds the row
 * @param hash keyed hash of the whole key, made and compared by the caller
 * @param label what its owner calls it; may be empty
 * @param scopes comma-separated
 * @param created epoch milliseconds, as are the others
 * @param expires or null for never
 * @param revoked or null while it is good
 * @param lastUsed or null before its first use
 */
public record ApiKey(
        String prefix,
        String hash,
        String tenant,
        String label,
        String scopes,
        long created,
        @Nullable Long expires,
        @Nullable Long revoked,
        @Nullable Long lastUsed) {}
