package io.vitrine.tenants.limits;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import io.vitrine.tenants.TenantLimits;

/**
 * Lets one request be read and run, and holds its place among the tenant's concurrent ones until it is settled, closed
 * or withdrawn. The first of the three counts, all after it do nothing, so one may stand in a {@code finally}. Any
 * thread, one at a time.
 */
public final class Permit implements AutoCloseable {

    private final TenantGate gate;
    private final long startedNanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private long reservedTokens;

    Permit(TenantGate gate, long startedNanos) {
        this.gate = gate;
        this.startedNanos = startedNanos;
    }

    /**
     * Takes the tokens that the request may need, or nothing; it then still holds its place.
     *
     * @param tokens the most it can use: prompt and the longest answer; settled to the real number later
     * @return the refusal, if the rate has no room
     * @throws IllegalStateException if tokens were reserved before
     */
    public Optional<Admission.Refused> reserve(TenantLimits limits, long tokens) {
        return reserve(limits, tokens, tokens);
    }

    /**
     * Takes as many tokens as the rate has left, from {@code least} to {@code most}, or nothing; it then still holds its
     * place. {@link #reservedTokens} has how many.
     *
     * @return the refusal, if the rate has no room for {@code least}
     * @throws IllegalStateException if tokens were reserved before
     */
    public Optional<Admission.Refused> reserve(TenantLimits limits, long least, long most) {
        if (least < 0 || most < least) {
            throw new IllegalArgumentException(
                    "tokens must be >= 0, and the most >= the least: " + least + ", " + most);
        }
        if (reservedTokens > 0 || ended.get()) {
            throw new IllegalStateException("tokens are reserved once, before the request ends");
        }
        TenantGate.Grant grant = gate.reserve(limits, least, most);
        reservedTokens = grant.tokens();
        return grant.refusal();
    }

    /** Tokens that are reserved now; 0 before {@link #reserve}. */
    public long reservedTokens() {
        return reservedTokens;
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

    /** As {@code settle(0)}: it ended before it used anything. It counts as a request of its minute all the same. */
    @Override
    public void close() {
        settle(0);
    }

    /** As {@link #close}, and it does not count as a request: the server had no room for it. */
    public void withdraw() {
        if (ended.compareAndSet(false, true)) {
            gate.ended(reservedTokens, 0, startedNanos);
            gate.returnRequest();
        }
    }
}
