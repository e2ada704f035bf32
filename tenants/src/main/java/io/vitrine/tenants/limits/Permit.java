package io.vitrine.tenants.limits;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets one request run, and holds its place among the tenant's concurrent ones until it is settled or closed. The first of the
 * two counts, all after it do nothing, so it may stand in a {@code finally}. Any thread.
 */
public final class Permit implements AutoCloseable {

    private final TenantGate gate;
    private final long reservedTokens;
    private final long startedNanos;
    private final AtomicBoolean ended = new AtomicBoolean();

    Permit(TenantGate gate, long reservedTokens, long startedNanos) {
        this.gate = gate;
        this.reservedTokens = reservedTokens;
        this.startedNanos = startedNanos;
    }

    /** The request has ended after so many tokens, prompt and answer: the difference to those reserved goes back or is taken. */
    public void settle(long usedTokens) {
        if (usedTokens < 0) {
            throw new IllegalArgumentException("usedTokens must be >= 0: " + usedTokens);
        }
        if (ended.compareAndSet(false, true)) {
            gate.ended(reservedTokens, usedTokens, startedNanos);
        }
    }

    /** As {@code settle(0)}: it ended before it used anything. */
    @Override
    public void close() {
        settle(0);
    }
}
