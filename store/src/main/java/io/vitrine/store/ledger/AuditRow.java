package io.vitrine.store.ledger;

/**
 * An entry and its place.
 *
 * @param id grows from entry to entry, in the order of writing
 */
public record AuditRow(long id, AuditEntry entry) {}
