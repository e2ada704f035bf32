package io.vitrine.tenants.budget;

import java.time.LocalDate;
import java.util.List;

import io.vitrine.tenants.Money;

/**
 * Where the money that tenants have spent is kept. Reservations are not: what was under way when the process died is charged
 * nowhere, so that no spend appears that no answer stands behind.
 */
public interface BudgetStore {

    /** What was spent from the first day on, a sum for each tenant and UTC day. May block. */
    List<DaySpend> spentSince(LocalDate firstDay);

    /** Spent on top of what that day has; must not block, and is durable before the answer it pays for is complete. */
    void add(DaySpend spend);

    /** One tenant's spend of a UTC day, or a part of it. */
    record DaySpend(String tenantId, LocalDate day, Money amount) {}
}
