package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What is in the outbox, and what has left it since the ledger was made.
 *
 * @param oldestWaitingMillis when the oldest waiting message was created; null if none waits
 */
public record OutboxCounts(
        long waiting,
        long delivered,
        long dead,
        long dropped,
        @Nullable Long oldestWaitingMillis) {}
