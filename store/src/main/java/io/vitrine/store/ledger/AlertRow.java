package io.vitrine.store.ledger;

/**
 * A pending or firing alert as it is written down.
 *
 * @param labels JSON
 * @param value NaN if it had none
 */
public record AlertRow(
        String fingerprint,
        String rule,
        String severity,
        String state,
        String labels,
        String summary,
        double value,
        long activeSinceMillis,
        long changedMillis) {}
