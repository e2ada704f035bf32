package io.vitrine.store.ledger;

/**
 * Events of one hour of an objective.
 *
 * @param labels JSON
 * @param minutes JSON; empty once no burn rate needs them
 */
public record SloHourRow(String objective, String labels, long hourMillis, double bad, double total, String minutes) {}
