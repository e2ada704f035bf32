package io.vitrine.server.tenancy;

import java.util.function.Function;

import io.vitrine.tenants.Money;
import io.vitrine.tenants.budget.Reservation;
import io.vitrine.tenants.cost.Usage;
import io.vitrine.tenants.limits.Permit;

/** What one request holds of its tenant's limits and budgets until it has ended: the worst that it can use. Any thread. */
public final class Admittance {

    private final Permit permit;
    private final Reservation reservation;
    private final Function<Usage, Money> price;

    Admittance(Permit permit, Reservation reservation, Function<Usage, Money> price) {
        this.permit = permit;
        this.reservation = reservation;
        this.price = price;
    }

    /** It has ended after this much, which is what it is charged; the rest goes back. Only the first of both ends counts. */
    public void settle(Usage used) {
        permit.settle(used.totalTokens());
        reservation.settle(price.apply(used));
    }

    /** It has ended by the server's fault: its tokens were used, and nothing is charged. */
    public void refund(Usage used) {
        permit.settle(used.totalTokens());
        reservation.close();
    }
}
