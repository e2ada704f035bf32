package io.vitrine.server.costs;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.vitrine.tenants.Money;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.budget.BudgetState;
import org.jspecify.annotations.Nullable;

/**
 * Tenants as customers: what they were charged and cost, where their budgets are going, and why they were refused.
 *
 * @param tenants those with most requests first
 */
public record BusinessReport(String from, String to, List<Line> tenants, Line totals, boolean refusalsComplete) {

    /**
     * A tenant, or all of them.
     *
     * @param revenue null if no request had a price
     * @param machineCost null if no request had one
     * @param refusals of requests, by the type of the error
     */
    public record Line(
            @Nullable String tenantId,
            long requests,
            long inputTokens,
            long cachedTokens,
            long outputTokens,
            @Nullable String currency,
            @Nullable BigDecimal revenue,
            @Nullable BigDecimal machineCost,
            @Nullable BigDecimal margin,
            double engineSeconds,
            List<Budget> budgets,
            Map<String, Long> refusals) {}

    /**
     * A budget of a period.
     *
     * @param forecast spent by the period's end at the mean rate so far
     * @param exhaustedAt when it is used up at that rate; null if not within the period
     */
    public record Budget(
            String period,
            BigDecimal limit,
            BigDecimal spent,
            BigDecimal forecast,
            String endsAt,
            @Nullable String exhaustedAt) {}

    /** What is known of a tenant beside the ledger; absent for one that was removed. */
    public record TenantFacts(Tenant tenant, BudgetState spent) {}

    /**
     * Adds up.
     *
     * @param refusals by tenant and type of error
     */
    public static BusinessReport of(
            String from,
            String to,
            List<CostLine> costs,
            Map<String, TenantFacts> facts,
            Map<String, Map<String, Long>> refusals,
            boolean refusalsComplete,
            Instant now) {
        Map<String, List<CostLine>> byTenant = new TreeMap<>();
        facts.keySet().forEach(tenant -> byTenant.put(tenant, new ArrayList<>()));
        refusals.keySet().forEach(tenant -> byTenant.putIfAbsent(tenant, new ArrayList<>()));
        costs.forEach(line ->
                byTenant.computeIfAbsent(line.tenant(), id -> new ArrayList<>()).add(line));
        List<Line> lines = new ArrayList<>();
        byTenant.forEach((tenant, own) -> lines.add(line(
                tenant,
                own,
                Optional.ofNullable(facts.get(tenant))
                        .map(fact -> budgets(fact, now))
                        .orElse(List.of()),
                refusals.getOrDefault(tenant, Map.of()))));
        lines.sort((one, other) -> Long.compare(other.requests(), one.requests()));
        Map<String, Long> all = new TreeMap<>();
        refusals.values().forEach(own -> own.forEach((reason, count) -> all.merge(reason, count, Long::sum)));
        return new BusinessReport(from, to, lines, line(null, costs, List.of(), all), refusalsComplete);
    }

    private static Line line(
            @Nullable String tenant, List<CostLine> costs, List<Budget> budgets, Map<String, Long> refusals) {
        long requests = 0;
        long input = 0;
        long cached = 0;
        long output = 0;
        double engineSeconds = 0;
        BigDecimal revenue = null;
        BigDecimal machineCost = null;
        BigDecimal margin = null;
        for (CostLine cost : costs) {
            requests += cost.requests();
            input += cost.inputTokens();
            cached += cost.cachedTokens();
            output += cost.outputTokens();
            engineSeconds += cost.engineSeconds();
            revenue = sum(revenue, cost.revenue());
            machineCost = sum(machineCost, cost.infrastructureCost());
            margin = sum(margin, cost.margin());
        }
        String currency = costs.isEmpty() ? null : costs.get(0).currency();
        return new Line(
                tenant,
                requests,
                input,
                cached,
                output,
                currency,
                revenue,
                machineCost,
                margin,
                engineSeconds,
                budgets,
                refusals);
    }

    private static @Nullable BigDecimal sum(@Nullable BigDecimal one, @Nullable BigDecimal other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.add(other);
    }

    private static List<Budget> budgets(TenantFacts facts, Instant now) {
        List<Budget> budgets = new ArrayList<>();
        LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
        facts.tenant()
                .budgets()
                .day()
                .ifPresent(limit ->
                        budgets.add(budget("day", limit, facts.spent().spentToday(), day, day.plusDays(1), now)));
        LocalDate month = day.withDayOfMonth(1);
        facts.tenant()
                .budgets()
                .month()
                .ifPresent(limit -> budgets.add(
                        budget("month", limit, facts.spent().spentThisMonth(), month, month.plusMonths(1), now)));
        return budgets;
    }

    private static Budget budget(
            String period, Money limit, Money spent, LocalDate first, LocalDate next, Instant now) {
        Instant start = first.atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant end = next.atStartOfDay(ZoneOffset.UTC).toInstant();
        double passed = Math.max(1, Duration.between(start, now).toMillis());
        double whole = Duration.between(start, end).toMillis();
        double rate = spent.nanos() / passed;
        double exhaustedMillis = rate <= 0 ? Double.POSITIVE_INFINITY : limit.nanos() / rate;
        return new Budget(
                period,
                limit.amount(),
                spent.amount(),
                new Money(Math.round(Math.min(Long.MAX_VALUE / 2.0, rate * whole)), spent.currency()).amount(),
                end.toString(),
                exhaustedMillis >= whole
                        ? null
                        : start.plusMillis((long) exhaustedMillis).toString());
    }
}
