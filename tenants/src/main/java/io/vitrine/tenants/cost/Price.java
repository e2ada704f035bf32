package io.vitrine.tenants.cost;

import io.vitrine.tenants.Money;

/** What a request is charged, in its parts. */
public record Price(Money input, Money cachedInput, Money output) {

    public Money total() {
        return input.plus(cachedInput).plus(output);
    }
}
