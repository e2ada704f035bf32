package io.vitrine.tenants.cost;

import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The business figures of a server, by tenant, model and day, for meters and the console. Any thread; bounded: beyond a number
 * of rows what is new goes into one row {@value #OTHER} a day, so sums stay exact. The books are the ledger's, not these.
 */
public final class BusinessTotals {

    /** Stands for tenants and models without a row of their own. */
    public static final String OTHER = "other";

    private final String currency;
    private final int maxRows;
    private final Map<Row, BusinessTotal> totals = new TreeMap<>();

    /**
     * @param maxRows with tenant and model of their own, at least 1
     */
    public BusinessTotals(String currency, int maxRows) {
        if (maxRows < 1) {
            throw new IllegalArgumentException("maxRows must be at least 1: " + maxRows);
        }
        this.currency = currency;
        this.maxRows = maxRows;
    }

    /** A request has ended; {@code day} is the UTC day on which it came. */
    public synchronized void add(String tenantId, String model, LocalDate day, Usage usage, RequestCost cost) {
        Row wanted = new Row(day, tenantId, model);
        Row row = totals.containsKey(wanted) || totals.size() < maxRows ? wanted : new Row(day, OTHER, OTHER);
        BusinessTotal one = new BusinessTotal(1, usage.totalTokens(), cost.revenue(), cost.infrastructure());
        totals.merge(row, one, BusinessTotal::plus);
    }

    /** The sum over all rows that are wanted. */
    public synchronized BusinessTotal sum(Predicate<Row> wanted) {
        return totals.entrySet().stream()
                .filter(entry -> wanted.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(BusinessTotal.none(currency), BusinessTotal::plus);
    }

    /** All rows, oldest first. */
    public synchronized Map<Row, BusinessTotal> rows() {
        return new TreeMap<>(totals);
    }

    /** Drops the days before this one; to be called every day. */
    public synchronized void forgetBefore(LocalDate day) {
        totals.keySet().removeIf(row -> row.day().isBefore(day));
    }

    /** What a total is of. */
    public record Row(LocalDate day, String tenantId, String model) implements Comparable<Row> {

        @Override
        public int compareTo(Row other) {
            int byDay = day.compareTo(other.day);
            int byTenant = byDay == 0 ? tenantId.compareTo(other.tenantId) : byDay;
            return byTenant == 0 ? model.compareTo(other.model) : byTenant;
        }
    }
}
