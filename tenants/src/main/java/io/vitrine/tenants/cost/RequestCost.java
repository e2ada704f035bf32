package io.vitrine.tenants.cost;

import io.vitrine.tenants.Money;

/**
 * Both sides of one request: what its tenant is charged and what it cost to serve.
 *
 * @param revenue zero for a model without a price
 */
public record RequestCost(Money revenue, Money infrastructure) {

    public Money margin() {
        return revenue.minus(infrastructure);
    }
}
