package io.vitrine.tenants.limits;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** The result of {@link RateLimits#enter}. */
public sealed interface Admission {

    /** What the tenant has left after it. */
    RateState state();

    /**
     * It may be read; what it needs is {@linkplain Permit#reserve reserved} once that is known.
     *
     * @param permit to be settled when the request ends, however it ends
     */
    record Admitted(Permit permit, RateState state) implements Admission {}

    /**
     * It may not; nothing was taken for it by the check that refused.
     *
     * @param knownWait null where no wait helps
     */
    record Refused(LimitReason reason, @Nullable RetryAfter knownWait, RateState state) implements Admission {

        public Optional<RetryAfter> retryAfter() {
            return Optional.ofNullable(knownWait);
        }
    }
}
