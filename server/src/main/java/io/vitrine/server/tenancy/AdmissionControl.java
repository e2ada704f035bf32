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
import io.vitrine.tenants.limits.LimitReason;
import io.vitrine.tenants.limits.Permit;
import io.vitrine.tenants.limits.RateLimits;
import io.vitrine.tenants.limits.RetryAfter;

/**
 * Admits requests in two stages: a request and a place among the concurrent ones before its body is read, tokens and
 * money once it is known what it may need. Any thread.
 */
final class AdmissionControl {

    private final RateLimits rates;
    private final Budgets budgets;
    private final PriceBook prices;
    private final MonthTokens months;
    private final Clock clock;

    AdmissionControl(RateLimits rates, Budgets budgets, PriceBook prices, MonthTokens months, Clock clock) {
        this.rates = rates;
        this.budgets = budgets;
        this.prices = prices;
        this.months = months;
        this.clock = clock;
    }

    /**
     * Takes a request and a place, or nothing.
     *
     * @throws ApiException 429 with the limit, and when to ask again
     */
    Permit enter(Tenant tenant) {
        Admission admission = rates.enter(tenant);
        if (admission instanceof Admission.Refused refused) {
            throw refusal(refused, "the limit is " + limit(tenant.limits(), refused.reason()));
        }
        return ((Admission.Admitted) admission).permit();
    }

    private static String limit(TenantLimits limits, LimitReason reason) {
        return switch (reason) {
            case REQUESTS_PER_MINUTE -> limits.requestsPerMinute() + " requests a minute";
            case TOKENS_PER_MINUTE, REQUEST_TOO_LARGE -> limits.tokensPerMinute() + " tokens a minute";
            case CONCURRENT_REQUESTS -> limits.concurrentRequests() + " requests at once";
        };
    }

    /**
     * Reserves the worst case, or nothing. The permit stays with the caller if it is refused.
     *
     * @throws ApiException 429 with the limit or budget, and when to ask again, or what to ask for instead
     */
    Admittance reserve(Tenant tenant, Permit permit, Demand demand) {
        Optional<Admission.Refused> refusal = permit.reserve(
                tenant.limits(), demand.fewestTokens(), demand.worst().totalTokens());
        if (refusal.isPresent()) {
            throw refusal(
                    refusal.get(),
                    tokenRefusal(tenant.limits(), demand, refusal.get().reason()));
        }
        Instant arrivedAt = clock.instant();
        Reservation reservation = reserveMoney(tenant, demand.within(permit.reservedTokens()), arrivedAt);
        String model = demand.model();
        return new Admittance(
                arrivedAt,
                permit,
                reservation,
                used -> price(tenant, model, used, arrivedAt),
                demand.answerTokensWithin(permit.reservedTokens()));
    }

    private static String tokenRefusal(TenantLimits limits, Demand demand, LimitReason reason) {
        long most = limits.tokensPerMinute();
        if (reason != LimitReason.REQUEST_TOO_LARGE) {
            return "the limit is " + most + " tokens a minute, and this request may need " + demand.fewestTokens()
                    + ", prompt and longest answer";
        }
        long fitting = demand.answerTokensWithin(most);
        return fitting < 1
                ? "the prompt has " + demand.worst().promptTokens()
                        + " tokens; with at least one for each answer that is more" + " than the limit of " + most
                        + " tokens a minute"
                : "this request may need " + demand.worst().totalTokens()
                        + " tokens, prompt and longest answer, and the" + " limit is " + most
                        + " a minute: ask for at most " + fitting + " with " + demand.limitField();
    }

    private Reservation reserveMoney(Tenant tenant, Demand demand, Instant arrivedAt) {
        Money most = worstPrice(demand, demand.worst(), arrivedAt);
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
                                + affordable(demand, exceeded.left(), arrivedAt)
                                + "; it is renewed at " + exceeded.resetsAt())
                .retryAfter(Duration.between(arrivedAt, exceeded.resetsAt()));
    }

    private Money worstPrice(Demand demand, Usage worst, Instant at) {
        return prices.worstCase(demand.model(), worst, at).orElse(Money.zero(prices.currency()));
    }

    /** The longest answer that what is left can pay, in words; empty if it pays not one token. */
    private String affordable(Demand demand, Money left, Instant at) {
        long low = 0;
        long high = demand.worst().outputTokens() / demand.answers();
        while (low < high) {
            long middle = high - (high - low) / 2;
            if (worstPrice(demand, demand.withAnswersOf(middle), at).compareTo(left) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low == 0 ? "" : " (with " + demand.limitField() + " of at most " + low + " it fits)";
    }

    /** Empty for a model without a price; by what its tenant had used of the month before. */
    private Optional<Money> price(Tenant tenant, String model, Usage used, Instant arrivedAt) {
        long before = months.before(tenant.id(), arrivedAt);
        months.add(tenant.id(), arrivedAt, used.totalTokens());
        return prices.price(model, used, arrivedAt, before).map(Price::total);
    }

    private static ApiException refusal(Admission.Refused refused, String message) {
        ApiException refusal = new ApiException(errorReason(refused.reason()), message, null, "rate_limit_exceeded");
        return refused.retryAfter()
                .map(RetryAfter::delay)
                .map(refusal::retryAfter)
                .orElse(refusal);
    }

    private static ErrorReason errorReason(LimitReason reason) {
        return switch (reason) {
            case REQUESTS_PER_MINUTE -> ErrorReason.REQUEST_RATE_EXCEEDED;
            case TOKENS_PER_MINUTE -> ErrorReason.TOKEN_RATE_EXCEEDED;
            case CONCURRENT_REQUESTS -> ErrorReason.CONCURRENCY_EXCEEDED;
            case REQUEST_TOO_LARGE -> ErrorReason.REQUEST_EXCEEDS_RATE;
        };
    }
}
