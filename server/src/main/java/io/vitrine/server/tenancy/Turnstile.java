package io.vitrine.server.tenancy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.tenants.Money;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantLimits;
import io.vitrine.tenants.budget.BudgetDecision;
import io.vitrine.tenants.budget.Budgets;
import io.vitrine.tenants.budget.Reservation;
import io.vitrine.tenants.cost.Price;
import io.vitrine.tenants.cost.PriceBook;
import io.vitrine.tenants.cost.Usage;
import io.vitrine.tenants.limits.Admission;
import io.vitrine.tenants.limits.Permit;
import io.vitrine.tenants.limits.RateLimits;
import io.vitrine.tenants.limits.RetryAfter;

/** Lets a request through if its tenant's limits and budgets have room for the worst that it can use. Any thread. */
final class Turnstile {

    private final RateLimits rates;
    private final Budgets budgets;
    private final PriceBook prices;
    private final MonthTokens months;
    private final Clock clock;

    Turnstile(RateLimits rates, Budgets budgets, PriceBook prices, MonthTokens months, Clock clock) {
        this.rates = rates;
        this.budgets = budgets;
        this.prices = prices;
        this.months = months;
        this.clock = clock;
    }

    /**
     * Takes the worst case, or nothing.
     *
     * @throws ApiException 429 with the limit or budget, and when to ask again
     */
    Admittance admit(Tenant tenant, String model, Usage worst) {
        Admission admission = rates.admit(tenant, worst.totalTokens());
        if (admission instanceof Admission.Refused refused) {
            throw refusal(tenant, worst, refused);
        }
        Permit permit = ((Admission.Admitted) admission).permit();
        try {
            Instant arrivedAt = clock.instant();
            Reservation reservation = reserve(tenant, model, worst, arrivedAt);
            return new Admittance(arrivedAt, permit, reservation, used -> price(tenant, model, used, arrivedAt));
        } catch (RuntimeException e) {
            permit.close();
            throw e;
        }
    }

    private Reservation reserve(Tenant tenant, String model, Usage worst, Instant arrivedAt) {
        Money most = prices.worstCase(model, worst, arrivedAt).orElse(Money.zero(prices.currency()));
        BudgetDecision decision = budgets.reserve(tenant, most);
        if (decision instanceof BudgetDecision.Reserved reserved) {
            return reserved.reservation();
        }
        BudgetDecision.Exceeded exceeded = (BudgetDecision.Exceeded) decision;
        throw new ApiException(
                        ErrorReason.INSUFFICIENT_QUOTA,
                        "the budget of " + exceeded.limit() + " a "
                                + exceeded.period().name().toLowerCase(Locale.ROOT) + " has "
                                + exceeded.left() + " left, and this request can cost up to " + most
                                + "; it is renewed at " + exceeded.resetsAt())
                .retryAfter(Duration.between(arrivedAt, exceeded.resetsAt()));
    }

    /** Empty for a model without a price; by what its tenant had used of the month before. */
    private Optional<Money> price(Tenant tenant, String model, Usage used, Instant arrivedAt) {
        long before = months.before(tenant.id(), arrivedAt);
        months.add(tenant.id(), arrivedAt, used.totalTokens());
        return prices.price(model, used, arrivedAt, before).map(Price::total);
    }

    private static ApiException refusal(Tenant tenant, Usage worst, Admission.Refused refused) {
        ApiException refusal = refusal(tenant.limits(), worst.totalTokens(), refused);
        return refused.retryAfter()
                .map(RetryAfter::delay)
                .map(refusal::retryAfter)
                .orElse(refusal);
    }

    private static ApiException refusal(TenantLimits limits, long tokens, Admission.Refused refused) {
        return switch (refused.reason()) {
            case REQUESTS_PER_MINUTE ->
                limited(
                        ErrorReason.REQUEST_RATE_EXCEEDED,
                        "the limit is " + limits.requestsPerMinute() + " requests a minute");
            case TOKENS_PER_MINUTE ->
                limited(
                        ErrorReason.TOKEN_RATE_EXCEEDED,
                        "the limit is " + limits.tokensPerMinute() + " tokens a minute, and this request may need "
                                + tokens + ", prompt and longest answer");
            case CONCURRENT_REQUESTS ->
                limited(
                        ErrorReason.CONCURRENCY_EXCEEDED,
                        "the limit is " + limits.concurrentRequests() + " requests at once");
            case REQUEST_TOO_LARGE ->
                limited(
                        ErrorReason.REQUEST_EXCEEDS_RATE,
                        "this request may need " + tokens + " tokens, prompt and longest answer, and the limit is "
                                + limits.tokensPerMinute() + " a minute: ask for fewer with max_tokens");
        };
    }

    private static ApiException limited(ErrorReason reason, String message) {
        return new ApiException(reason, message, null, "rate_limit_exceeded");
    }
}
