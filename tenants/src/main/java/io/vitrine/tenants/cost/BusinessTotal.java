package io.vitrine.tenants.cost;

import java.util.OptionalDouble;

import io.vitrine.tenants.Money;

/**
 * What one tenant's requests to one model came to on one day; sums of such totals are again such totals.
 *
 * @param requests that ended, whatever their end
 * @param tokens prompt and answer
 */
public record BusinessTotal(long requests, long tokens, Money revenue, Money infrastructure) {

    public static BusinessTotal none(String currency) {
        return new BusinessTotal(0, 0, Money.zero(currency), Money.zero(currency));
    }

    public BusinessTotal plus(BusinessTotal other) {
        return new BusinessTotal(
                requests + other.requests,
                tokens + other.tokens,
                revenue.plus(other.revenue),
                infrastructure.plus(other.infrastructure));
    }

    public Money margin() {
        return revenue.minus(infrastructure);
    }

    /** Margin as a share of revenue; empty without revenue. */
    public OptionalDouble marginRatio() {
        return revenue.nanos() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) margin().nanos() / revenue.nanos());
    }

    /** In currency units; empty without requests. */
    public OptionalDouble revenuePerRequest() {
        return quotient(revenue, requests);
    }

    /** Infrastructure, in currency units; empty without requests. */
    public OptionalDouble costPerRequest() {
        return quotient(infrastructure, requests);
    }

    /** Infrastructure, in currency units; empty without tokens. */
    public OptionalDouble costPerToken() {
        return quotient(infrastructure, tokens);
    }

    /** A figure to look at, not to add up: a token may cost less than a billionth. */
    private static OptionalDouble quotient(Money amount, long count) {
        return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(amount.nanos() / 1e9 / count);
    }
}
