package io.vitrine.store.ledger;

/** Of one tenant's budget in one period: what is spent, and what is reserved for requests that run. Billionths of the currency. */
public record BudgetUse(long spentBillionths, long reservedBillionths) {}
