package io.vitrine.server.tenancy;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

import io.vitrine.tenants.Money;
import io.vitrine.tenants.budget.Reservation;
import io.vitrine.tenants.cost.Usage;
import io.vitrine.tenants.limits.Permit;

/** What one request holds of its tenant's limits and budgets until it has ended: the worst that it can use. Settled once. */
public final class Admittance {

    private final Instant at;
    private final Permit permit;
    private final Reservation reservation;
    private final Function<Usage, Optional<Money>> price;
    private final long answerTokens;

    Admittance(
            Instant at,
            Permit permit,
            Reservation reservation,
            Function<Usage, Optional<Money>> price,
            long answerTokens) {
        this.at = at;
        this.permit = permit;
        this.reservation = reservation;
        this.price = price;
        this.answerTokens = answerTokens;
    }

    /** Most tokens of each answer within what is reserved; a request that named its longest answer has room for it. */
    public long answerTokens() {
        return answerTokens;
    }

    /** When it was let in: the day and month that it is charged to. */
    public Instant at() {
        return at;
    }

    /**
     * It has ended after this much; what it does not use goes back.
     *
     * @return what it is charged; empty for a model without a price
     */
    public Optional<Money> settle(Usage used) {
        permit.settle(used.totalTokens());
        Optional<Money> charged = price.apply(used);
        charged.ifPresentOrElse(reservation::settle, reservation::close);
        return charged;
    }

    /** It has ended by the server's fault: its tokens were used, and nothing is charged. */
    public void refund(Usage used) {
        permit.settle(used.totalTokens());
        reservation.close();
    }
}
