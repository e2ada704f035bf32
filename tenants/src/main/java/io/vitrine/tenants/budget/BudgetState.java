package io.vitrine.tenants.budget;

import io.vitrine.tenants.Money;

/**
 * Where a tenant stands.
 *
 * @param reserved by requests under way: the most that they may still cost
 */
public record BudgetState(Money spentToday, Money spentThisMonth, Money reserved) {}
