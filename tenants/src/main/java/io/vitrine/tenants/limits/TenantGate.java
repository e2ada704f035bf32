package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

import io.vitrine.tenants.TenantLimits;
import org.jspecify.annotations.Nullable;

/** One tenant's buckets and count, under one lock that is held for a few additions. */
final class TenantGate {

    private final LongSupplier nanoClock;
    private final ConcurrencyLimit concurrency = new ConcurrencyLimit();
    private @Nullable TokenBucket requests;
    private @Nullable TokenBucket tokens;
    private boolean forgotten;

    TenantGate(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Empty if this gate was forgotten meanwhile and another must be asked. */
    synchronized Optional<Admission> enter(TenantLimits limits) {
        if (forgotten) {
            return Optional.empty();
        }
        long now = upToDate(limits);
        Optional<Admission> refusal = refusal(limits);
        if (refusal.isPresent()) {
            return refusal;
        }
        take(requests, 1);
        concurrency.started();
        return Optional.of(new Admission.Admitted(new Permit(this, now), state()));
    }

    /** Tokens that were taken; none if refused. */
    record Grant(long tokens, Optional<Admission.Refused> refusal) {}

    /** Takes tokens for a request that has entered, as many as are left from the least to the most, or nothing. */
    synchronized Grant reserve(TenantLimits limits, long least, long most) {
        upToDate(limits);
        if (tokens == null) {
            return new Grant(most, Optional.empty());
        }
        if (least > tokens.perMinute()) {
            return new Grant(0, Optional.of(refused(LimitReason.REQUEST_TOO_LARGE, null)));
        }
        long wait = tokens.nanosUntil(least);
        if (wait > 0) {
            return new Grant(0, Optional.of(refused(LimitReason.TOKENS_PER_MINUTE, RetryAfter.nanos(wait))));
        }
        long granted = Math.max(least, Math.min(most, tokens.remaining()));
        tokens.take(granted);
        return new Grant(granted, Optional.empty());
    }

    /** What is left, as these limits would have it. */
    synchronized RateState state(TenantLimits limits) {
        upToDate(limits);
        return state();
    }

    private long upToDate(TenantLimits limits) {
        long now = nanoClock.getAsLong();
        requests = upToDate(requests, limits.requestsPerMinute(), now);
        tokens = upToDate(tokens, limits.tokensPerMinute(), now);
        return now;
    }

    private static @Nullable TokenBucket upToDate(@Nullable TokenBucket bucket, long perMinute, long now) {
        if (perMinute == TenantLimits.UNLIMITED) {
            return null;
        }
        if (bucket == null) {
            return new TokenBucket(perMinute, now);
        }
        if (bucket.perMinute() == perMinute) {
            bucket.refill(now);
        } else {
            bucket.changeRate(perMinute, now);
        }
        return bucket;
    }

    private Optional<Admission> refusal(TenantLimits limits) {
        if (concurrency.full(limits.concurrentRequests())) {
            return Optional.of(
                    refused(LimitReason.CONCURRENT_REQUESTS, RetryAfter.nanos(concurrency.nanosUntilOneEnds())));
        }
        long forRequest = requests == null ? 0 : requests.nanosUntil(1);
        // A request without a token to spend would be read and planned in vain.
        long forTokens = tokens == null ? 0 : tokens.nanosUntil(1);
        if (forRequest == 0 && forTokens == 0) {
            return Optional.empty();
        }
        // Both must hold, so the longer wait counts.
        return Optional.of(
                forRequest >= forTokens
                        ? refused(LimitReason.REQUESTS_PER_MINUTE, RetryAfter.nanos(forRequest))
                        : refused(LimitReason.TOKENS_PER_MINUTE, RetryAfter.nanos(forTokens)));
    }

    private Admission.Refused refused(LimitReason reason, @Nullable RetryAfter wait) {
        return new Admission.Refused(reason, wait, state());
    }

    private static void take(@Nullable TokenBucket bucket, long amount) {
        if (bucket != null) {
            bucket.take(amount);
        }
    }

    /** A request has ended that is not to count as one. */
    synchronized void returnRequest() {
        if (requests != null) {
            requests.refill(nanoClock.getAsLong());
            requests.giveBack(1);
        }
    }

    synchronized void ended(long reservedTokens, long usedTokens, long startedNanos) {
        long now = nanoClock.getAsLong();
        concurrency.ended(now - startedNanos);
        if (tokens == null) {
            return;
        }
        tokens.refill(now);
        if (usedTokens > reservedTokens) {
            tokens.take(usedTokens - reservedTokens);
        } else {
            tokens.giveBack(reservedTokens - usedTokens);
        }
    }

    private RateState state() {
        return new RateState(window(requests), window(tokens));
    }

    private static RateState.@Nullable Window window(@Nullable TokenBucket bucket) {
        return bucket == null
                ? null
                : new RateState.Window(
                        bucket.perMinute(), bucket.remaining(), Duration.ofNanos(bucket.nanosUntilFull()));
    }

    /** Marks this gate as gone if a new one would decide as it does: only how long its requests took is lost. */
    synchronized boolean forgetIfIdle() {
        long now = nanoClock.getAsLong();
        forgotten = concurrency.idle() && full(requests, now) && full(tokens, now);
        return forgotten;
    }

    private static boolean full(@Nullable TokenBucket bucket, long now) {
        if (bucket == null) {
            return true;
        }
        bucket.refill(now);
        return bucket.nanosUntilFull() == 0;
    }
}
