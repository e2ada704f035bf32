package io.vitrine.tenants.budget;

import java.time.LocalDate;
import java.util.Optional;

import io.vitrine.tenants.Money;
import io.vitrine.tenants.TenantBudgets;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's money of the running day and month, under one lock that is held for a few additions. A period ends when a
 * request of a later one comes; a clock that steps back opens no old one again. A reservation belongs to the periods in which
 * it was made, whenever it is settled.
 */
final class Account {

    private Period day;
    private Period month;

    Account(LocalDate today, String currency) {
        day = new Period(today, currency);
        month = new Period(BudgetPeriod.MONTH.firstDay(today), currency);
    }

    synchronized BudgetDecision reserve(
            String tenantId, TenantBudgets budgets, Money most, LocalDate today, Budgets owner) {
        roll(today, most.currency());
        Optional<BudgetDecision> refusal = exceeded(BudgetPeriod.DAY, day, budgets.dayLimit(), most)
                .or(() -> exceeded(BudgetPeriod.MONTH, month, budgets.monthLimit(), most));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        day.reserved = day.reserved.plus(most);
        month.reserved = month.reserved.plus(most);
        return new BudgetDecision.Reserved(new Reservation(owner, this, tenantId, most, day, month));
    }

    private Optional<BudgetDecision> exceeded(BudgetPeriod kind, Period period, @Nullable Money limit, Money most) {
        if (limit == null) {
            return Optional.empty();
        }
        Money left = limit.minus(period.spent).minus(period.reserved);
        return most.compareTo(left) <= 0
                ? Optional.empty()
                : Optional.of(new BudgetDecision.Exceeded(
                        kind, limit, left.nanos() < 0 ? Money.zero(left.currency()) : left, kind.end(period.firstDay)));
    }

    synchronized void settle(Money reserved, Money spent, Period inDay, Period inMonth) {
        for (Period period : new Period[] {inDay, inMonth}) {
            period.reserved = period.reserved.minus(reserved);
            period.spent = period.spent.plus(spent);
        }
    }

    /** Spend of the running month that is read from the store. */
    synchronized void spentBefore(LocalDate on, Money amount) {
        if (on.equals(day.firstDay)) {
            day.spent = day.spent.plus(amount);
        }
        month.spent = month.spent.plus(amount);
    }

    synchronized BudgetState state(LocalDate today, String currency) {
        roll(today, currency);
        return new BudgetState(day.spent, month.spent, month.reserved);
    }

    /** Whether nothing of it counts in a later month. */
    synchronized boolean over(LocalDate today) {
        return BudgetPeriod.MONTH.firstDay(today).isAfter(month.firstDay) && month.reserved.nanos() == 0;
    }

    private void roll(LocalDate today, String currency) {
        if (today.isAfter(day.firstDay)) {
            day = new Period(today, currency);
        }
        LocalDate thisMonth = BudgetPeriod.MONTH.firstDay(today);
        if (thisMonth.isAfter(month.firstDay)) {
            month = new Period(thisMonth, currency);
        }
    }

    /** One day or month; guarded by its account's lock. */
    static final class Period {

        private final LocalDate firstDay;
        private Money spent;
        private Money reserved;

        private Period(LocalDate firstDay, String currency) {
            this.firstDay = firstDay;
            this.spent = Money.zero(currency);
            this.reserved = Money.zero(currency);
        }

        LocalDate firstDay() {
            return firstDay;
        }
    }
}
