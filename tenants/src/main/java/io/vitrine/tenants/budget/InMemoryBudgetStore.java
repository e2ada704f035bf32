package io.vitrine.tenants.budget;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.tenants.Money;

/** Keeps spend as long as the process lives: for a server without a data folder, and for tests. Any thread. */
public final class InMemoryBudgetStore implements BudgetStore {

    private final Map<Key, Money> spent = new ConcurrentHashMap<>();

    @Override
    public List<DaySpend> spentSince(LocalDate firstDay) {
        return spent.entrySet().stream()
                .filter(entry -> !entry.getKey().day().isBefore(firstDay))
                .map(entry ->
                        new DaySpend(entry.getKey().tenantId(), entry.getKey().day(), entry.getValue()))
                .toList();
    }

    @Override
    public void add(DaySpend spend) {
        spent.merge(new Key(spend.tenantId(), spend.day()), spend.amount(), Money::plus);
    }

    private record Key(String tenantId, LocalDate day) {}
}
