package io.vitrine.store.ledger;

/**
 * How many incidents are kept. Ended ones are deleted first, the oldest first; unended ones are never deleted.
 *
 * @param endedBeforeMillis incidents that ended before are deleted
 * @param maxCount most incidents
 * @param maxBytes most bytes of evidence, compressed
 */
public record IncidentLimits(long endedBeforeMillis, long maxCount, long maxBytes) {}
