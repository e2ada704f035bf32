package io.vitrine.tenants.budget;

import java.util.concurrent.atomic.AtomicBoolean;

import io.vitrine.tenants.Money;

/**
 * Money set aside for one request, until it is settled or closed. The first of the two counts, all after it do nothing, so it
 * may stand in a {@code finally}. Any thread.
 */
public final class Reservation implements AutoCloseable {

    private final Budgets owner;
    private final Account account;
    private final String tenantId;
    private final Money most;
    private final Account.Period day;
    private final Account.Period month;
    private final AtomicBoolean ended = new AtomicBoolean();

    Reservation(Budgets owner, Account account, String tenantId, Money most, Account.Period day, Account.Period month) {
        this.owner = owner;
        this.account = account;
        this.tenantId = tenantId;
        this.most = most;
        this.day = day;
        this.month = month;
    }

    /** What was set aside. */
    public Money most() {
        return most;
    }

    /**
     * The request has ended and costs this much; the rest goes back. Charged to the day of the reservation. More than was set
     * aside is charged too, since the books must be true: it can only be so where the worst case was not reserved.
     */
    public void settle(Money spent) {
        if (spent.nanos() < 0 || !spent.currency().equals(most.currency())) {
            throw new IllegalArgumentException("spent must be >= 0 and in " + most.currency() + ": " + spent);
        }
        if (ended.compareAndSet(false, true)) {
            account.settle(most, spent, day, month);
            owner.charged(new BudgetStore.DaySpend(tenantId, day.firstDay(), spent));
        }
    }

    /** Refunds all of it: cancelled or failed before anything was to be paid for. */
    @Override
    public void close() {
        settle(Money.zero(most.currency()));
    }
}
