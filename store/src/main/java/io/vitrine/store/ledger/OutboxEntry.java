package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * A message and its delivery so far. Times are milliseconds since 1970.
 *
 * @param id grows in the order of insertion; never used again
 * @param attempts attempts that failed
 * @param dueMillis the earliest time of the next attempt
 * @param endedMillis when it left the state {@link OutboxState#WAITING}; null before
 * @param error of the last attempt; null if none has failed
 */
public record OutboxEntry(
        long id,
        OutboxMessage message,
        OutboxState state,
        int attempts,
        long dueMillis,
        @Nullable Long endedMillis,
        @Nullable String error) {}
