package io.vitrine.tenants.limits;

/**
 * A bucket that holds one minute's worth and refills evenly, a nanosecond at a time; a new one is full.
 *
 * <p>Exact: it counts in sixty thousand millionths of a token, since that much times the rate is what one nanosecond brings.
 * No float, so nothing is lost or won by asking often. May go into debt by up to a minute's worth where more was used than
 * reserved. Guarded by its owner's lock; times must come from one monotonic clock, and an earlier one than the last adds nothing.
 */
final class TokenBucket {

    /** Nanoseconds a minute, and units a token. */
    private static final long MINUTE = 60_000_000_000L;

    private long perMinute;
    private long units;
    private long updatedNanos;

    /**
     * @param perMinute 1 to {@code TenantLimits.MAX_PER_MINUTE}, so that no sum here overflows
     */
    TokenBucket(long perMinute, long nowNanos) {
        this.perMinute = perMinute;
        this.units = capacity();
        this.updatedNanos = nowNanos;
    }

    /** Another rate from now on; what is missing from the bucket stays missing. */
    void changeRate(long otherPerMinute, long nowNanos) {
        refill(nowNanos);
        long missing = capacity() - units;
        perMinute = otherPerMinute;
        units = Math.max(-capacity(), capacity() - missing);
    }

    void refill(long nowNanos) {
        long elapsed = Math.min(nowNanos - updatedNanos, 2 * MINUTE);
        if (elapsed > 0) {
            units += Math.min(capacity() - units, elapsed * perMinute);
            updatedNanos = nowNanos;
        }
    }

    void take(long tokens) {
        units = Math.max(-capacity(), units - Math.min(tokens, 2 * perMinute) * MINUTE);
    }

    void giveBack(long tokens) {
        units += Math.min(capacity() - units, Math.min(tokens, 2 * perMinute) * MINUTE);
    }

    long perMinute() {
        return perMinute;
    }

    /** Whole tokens that can be taken now; 0 in debt. */
    long remaining() {
        return Math.max(0, units / MINUTE);
    }

    /** How long after the last refill so many can be taken, at most {@link #perMinute}; 0 for at once. */
    long nanosUntil(long tokens) {
        return nanosToGain(tokens * MINUTE - units);
    }

    long nanosUntilFull() {
        return nanosToGain(capacity() - units);
    }

    private long nanosToGain(long missing) {
        return missing <= 0 ? 0 : (missing - 1) / perMinute + 1;
    }

    private long capacity() {
        return perMinute * MINUTE;
    }
}
