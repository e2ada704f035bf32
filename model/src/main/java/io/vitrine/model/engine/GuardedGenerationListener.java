package io.vitrine.model.engine;

import java.util.concurrent.atomic.AtomicLong;

/** Keeps a listener that throws from disturbing the request it watches, and counts it. Spelled out: a lambda would be an object a call. */
final class GuardedGenerationListener implements GenerationListener {

    private final GenerationListener listener;
    private final AtomicLong failures;

    GuardedGenerationListener(GenerationListener listener, AtomicLong failures) {
        this.listener = listener;
        this.failures = failures;
    }

    @Override
    public void queued(long atNanos) {
        try {
            listener.queued(atNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void admitted(int slot, long atNanos) {
        try {
            listener.admitted(slot, atNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void prefixCacheHit(int cachedTokens, long atNanos) {
        try {
            listener.prefixCacheHit(cachedTokens, atNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void prefillEnded(int promptTokens, long atNanos) {
        try {
            listener.prefillEnded(promptTokens, atNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void tokenGenerated(int tokenId, long atNanos) {
        try {
            listener.tokenGenerated(tokenId, atNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void stepComputed(StepShare share) {
        try {
            listener.stepComputed(share);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void tokenSampled(long startNanos, long endNanos) {
        try {
            listener.tokenSampled(startNanos, endNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void tokenConstrained(long nanos, boolean forced) {
        try {
            listener.tokenConstrained(nanos, forced);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public boolean timesEveryStep() {
        try {
            return listener.timesEveryStep();
        } catch (Throwable cause) {
            failures.incrementAndGet();
            return false;
        }
    }

    @Override
    public void preempted(long atNanos) {
        try {
            listener.preempted(atNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void resumed(int slot, long atNanos) {
        try {
            listener.resumed(slot, atNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }

    @Override
    public void ended(FinishReason reason, long atNanos) {
        try {
            listener.ended(reason, atNanos);
        } catch (Throwable cause) {
            failures.incrementAndGet();
        }
    }
}
