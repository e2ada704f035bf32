package io.vitrine.store.ledger;

/** A message that waits for its receiver. */
public record OutboxMessage(String receiver, String groupKey, String kind, long createdMillis, String body) {}
