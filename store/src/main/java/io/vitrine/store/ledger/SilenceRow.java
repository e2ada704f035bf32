package io.vitrine.store.ledger;

/**
 * A silence as it is written down.
 *
 * @param matchers JSON
 */
public record SilenceRow(String id, String matchers, long startMillis, long endMillis, String author, String reason) {}
