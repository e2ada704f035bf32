package io.vitrine.server.tenancy;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

import io.vitrine.store.ledger.CostFilter;
import io.vitrine.store.ledger.CostSum;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.tenants.Money;
import io.vitrine.tenants.budget.BudgetStore;

/**
 * What tenants have spent, as the ledger's entries add up to it. Money of another currency than the prices' does not count: no
 * budget is in it.
 */
final class LedgerSpend implements BudgetStore {

    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

    private final Ledger ledger;
    private final String currency;

    LedgerSpend(Ledger ledger, String currency) {
        this.ledger = ledger;
        this.currency = currency;
    }

    @Override
    public List<DaySpend> spentSince(LocalDate firstDay) {
        return ledger.sums(new CostFilter(firstDay, LAST_DAY, null)).stream()
                .filter(sum -> sum.currency().equals(currency))
                .flatMap(sum -> spend(sum).stream())
                .toList();
    }

    /** Empty where nothing has a price. */
    private Optional<DaySpend> spend(CostSum sum) {
        return Optional.ofNullable(sum.revenueBillionths())
                .map(billionths -> new DaySpend(sum.tenantId(), sum.day(), new Money(billionths, currency)));
    }

    /** The request's own entry is what is kept of it. */
    @Override
    public void add(DaySpend spend) {}
}
