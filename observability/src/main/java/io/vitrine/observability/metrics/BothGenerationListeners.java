package io.vitrine.observability.metrics;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;

/** Tells two listeners, one after the other. */
record BothGenerationListeners(GenerationListener first, GenerationListener second) implements GenerationListener {

    @Override
    public void queued(long atNanos) {
        first.queued(atNanos);
        second.queued(atNanos);
    }

    @Override
    public void admitted(int slot, long atNanos) {
        first.admitted(slot, atNanos);
        second.admitted(slot, atNanos);
    }

    @Override
    public void prefixCacheHit(int cachedTokens, long atNanos) {
        first.prefixCacheHit(cachedTokens, atNanos);
        second.prefixCacheHit(cachedTokens, atNanos);
    }

    @Override
    public void prefillEnded(int promptTokens, long atNanos) {
        first.prefillEnded(promptTokens, atNanos);
        second.prefillEnded(promptTokens, atNanos);
    }

    @Override
    public void tokenGenerated(int tokenId, long atNanos) {
        first.tokenGenerated(tokenId, atNanos);
        second.tokenGenerated(tokenId, atNanos);
    }

    @Override
    public void tokenConstrained(long nanos, boolean forced) {
        first.tokenConstrained(nanos, forced);
        second.tokenConstrained(nanos, forced);
    }

    @Override
    public void preempted(long atNanos) {
        first.preempted(atNanos);
        second.preempted(atNanos);
    }

    @Override
    public void resumed(int slot, long atNanos) {
        first.resumed(slot, atNanos);
        second.resumed(slot, atNanos);
    }

    @Override
    public void ended(FinishReason reason, long atNanos) {
        first.ended(reason, atNanos);
        second.ended(reason, atNanos);
    }
}
