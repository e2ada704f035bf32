package io.vitrine.server.tenancy;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.store.ledger.CostFilter;
import io.vitrine.store.ledger.CostSum;
import io.vitrine.store.ledger.Ledger;

/** How many tokens each tenant has used in this month (UTC): what prices by volume go by. Any thread. */
final class MonthTokens {

    private final Map<String, Count> counts = new ConcurrentHashMap<>();

    private record Count(YearMonth month, long tokens) {}

    /** Goes on from these sums of the month's days. */
    MonthTokens(List<CostSum> sums) {
        sums.forEach(sum -> add(sum.tenantId(), YearMonth.from(sum.day()), sum.inputTokens() + sum.outputTokens()));
    }

    /** Goes on from what the ledger has of this month; blocks. */
    static MonthTokens of(Ledger ledger, Instant now) {
        YearMonth month = monthOf(now);
        return new MonthTokens(ledger.sums(new CostFilter(month.atDay(1), month.atEndOfMonth(), null)));
    }

    /** Used before this moment of the month that it lies in. */
    long before(String tenantId, Instant at) {
        Count count = counts.get(tenantId);
        return count == null || !count.month.equals(monthOf(at)) ? 0 : count.tokens;
    }

    void add(String tenantId, Instant at, long tokens) {
        add(tenantId, monthOf(at), tokens);
    }

    /** What belongs to a month that is over changes nothing any more. */
    private void add(String tenantId, YearMonth month, long tokens) {
        counts.merge(
                tenantId,
                new Count(month, tokens),
                (known, more) -> known.month.isAfter(more.month)
                        ? known
                        : known.month.equals(more.month) ? new Count(month, known.tokens + more.tokens) : more);
    }

    private static YearMonth monthOf(Instant at) {
        return YearMonth.from(at.atZone(ZoneOffset.UTC));
    }
}
