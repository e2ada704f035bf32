package io.vitrine.store.ledger;

/** How much a tenant may spend in each period, in billionths of its currency. */
public record BudgetLimit(BudgetPeriod period, long limitBillionths) {

    public BudgetLimit {
        if (limitBillionths < 0) {
            throw new IllegalArgumentException("limitBillionths must be >= 0: " + limitBillionths);
        }
    }
}
