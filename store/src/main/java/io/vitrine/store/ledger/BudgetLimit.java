package io.vitrine.store.ledger;

/** How much a tenant may spend in each period, in millionths of its currency. */
public record BudgetLimit(BudgetPeriod period, long limitMicros) {

    public BudgetLimit {
        if (limitMicros < 0) {
            throw new IllegalArgumentException("limitMicros must be >= 0: " + limitMicros);
        }
    }
}
