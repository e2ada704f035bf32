package io.vitrine.tenants.budget;

import java.time.Instant;

import io.vitrine.tenants.Money;

/** What {@link Budgets#reserve} says. */
public sealed interface BudgetDecision {

    /** The money is set aside; the reservation is to be settled or closed when the request ends. */
    record Reserved(Reservation reservation) implements BudgetDecision {}

    /**
     * It would go beyond a budget; nothing was set aside.
     *
     * @param left that could still be reserved
     * @param resetsAt when the next period begins
     */
    record Exceeded(BudgetPeriod period, Money limit, Money left, Instant resetsAt) implements BudgetDecision {}
}
