package io.vitrine.tenants.budget;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.tenants.Money;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantBudgets;

/**
 * Keeps every tenant within its budgets: the worst case of a request is set aside before it runs, in one atomic step with the
 * look at what is left, so no race can overrun a budget; what it really costs is charged after it, and the rest given back.
 *
 * <p>Any thread; one short lock a tenant. Works from memory, where the store's spend of this month is read once at the start.
 * All in one currency, the price book's. Tenants without a budget are counted and never refused.
 */
public final class Budgets {

    private final BudgetStore store;
    private final Clock clock;
    private final String currency;
    private final Map<String, Account> accounts = new ConcurrentHashMap<>();

    /**
     * Reads what was spent this month; may block.
     *
     * @param currency of all prices and budgets
     */
    public Budgets(BudgetStore store, Clock clock, String currency) {
        this.store = store;
        this.clock = clock;
        this.currency = currency;
        LocalDate today = today();
        store.spentSince(BudgetPeriod.MONTH.firstDay(today))
                .forEach(spend -> accounts.computeIfAbsent(spend.tenantId(), id -> new Account(today, currency))
                        .spentBefore(spend.day(), spend.amount()));
    }

    /**
     * Sets the most that a request may cost aside, or nothing.
     *
     * @throws IllegalArgumentException if the amount or a budget is in another currency
     */
    public BudgetDecision reserve(Tenant tenant, Money most) {
        requireCurrency("most", most);
        if (most.nanos() < 0) {
            throw new IllegalArgumentException("most must be >= 0: " + most);
        }
        TenantBudgets budgets = tenant.budgets();
        budgets.day().ifPresent(limit -> requireCurrency("the budget of a day", limit));
        budgets.month().ifPresent(limit -> requireCurrency("the budget of a month", limit));
        LocalDate today = today();
        BudgetDecision[] decision = new BudgetDecision[1];
        // Inside compute, so that forgetPast cannot take the account away between the look and the reservation.
        accounts.compute(tenant.id(), (id, known) -> {
            Account account = known == null ? new Account(today, currency) : known;
            decision[0] = account.reserve(id, budgets, most, today, this);
            return account;
        });
        return decision[0];
    }

    /** Where a tenant stands; all zero if it never came this month. */
    public BudgetState state(String tenantId) {
        Account account = accounts.get(tenantId);
        Money zero = Money.zero(currency);
        return account == null ? new BudgetState(zero, zero, zero) : account.state(today(), currency);
    }

    /** Forgets tenants that have not come since an earlier month; to be called once a day or so. */
    public void forgetPast() {
        LocalDate today = today();
        accounts.keySet()
                .forEach(tenantId ->
                        accounts.computeIfPresent(tenantId, (same, account) -> account.over(today) ? null : account));
    }

    /** How many tenants are remembered. */
    public int trackedTenants() {
        return accounts.size();
    }

    void charged(BudgetStore.DaySpend spend) {
        if (spend.amount().nanos() > 0) {
            store.add(spend);
        }
    }

    private void requireCurrency(String name, Money amount) {
        if (!amount.currency().equals(currency)) {
            throw new IllegalArgumentException(name + " must be in " + currency + ": " + amount);
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
