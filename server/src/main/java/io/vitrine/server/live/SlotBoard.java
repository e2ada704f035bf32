package io.vitrine.server.live;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.StepShare;

/** Which request has which slot of the batch now. Written on the engine's thread, without a lock; read by any. */
public final class SlotBoard {

    private static final int MOST_SLOTS = 4_096;

    private final AtomicReferenceArray<String> requests = new AtomicReferenceArray<>(MOST_SLOTS);

    /** A slot that is taken, counted from 0. */
    public record Occupied(int slot, String requestId) {}

    /** The slots that are taken, in order. */
    public List<Occupied> occupied() {
        List<Occupied> occupied = new ArrayList<>();
        for (int slot = 0; slot < MOST_SLOTS; slot++) {
            String requestId = requests.get(slot);
            if (requestId != null) {
                occupied.add(new Occupied(slot, requestId));
            }
        }
        return occupied;
    }

    /** Follows the requests of a factory. */
    public GenerationListener.Factory following(GenerationListener.Factory next) {
        return request -> new Following(request, next.create(request));
    }

    private final class Following implements GenerationListener {

        private static final int NO_SLOT = -1;

        private final String requestId;
        private final GenerationListener next;
        private int slot = NO_SLOT;

        private Following(GenerationRequest request, GenerationListener next) {
            this.requestId = request.requestId();
            this.next = next;
        }

        private void take(int taken) {
            slot = taken;
            requests.set(taken, requestId);
        }

        private void leave() {
            if (slot != NO_SLOT) {
                // The next request may have it already.
                requests.compareAndSet(slot, requestId, null);
                slot = NO_SLOT;
            }
        }

        @Override
        public void queued(long atNanos) {
            next.queued(atNanos);
        }

        @Override
        public void admitted(int admittedSlot, long atNanos) {
            take(admittedSlot);
            next.admitted(admittedSlot, atNanos);
        }

        @Override
        public void prefixCacheHit(int cachedTokens, long atNanos) {
            next.prefixCacheHit(cachedTokens, atNanos);
        }

        @Override
        public void prefillEnded(int promptTokens, long atNanos) {
            next.prefillEnded(promptTokens, atNanos);
        }

        @Override
        public void tokenGenerated(int tokenId, long atNanos) {
            next.tokenGenerated(tokenId, atNanos);
        }

        @Override
        public void stepComputed(StepShare share) {
            next.stepComputed(share);
        }

        @Override
        public void tokenSampled(long startNanos, long endNanos) {
            next.tokenSampled(startNanos, endNanos);
        }

        @Override
        public boolean timesEveryStep() {
            return next.timesEveryStep();
        }

        @Override
        public void tokenConstrained(long nanos, boolean forced) {
            next.tokenConstrained(nanos, forced);
        }

        @Override
        public void preempted(long atNanos) {
            leave();
            next.preempted(atNanos);
        }

        @Override
        public void resumed(int newSlot, long atNanos) {
            take(newSlot);
            next.resumed(newSlot, atNanos);
        }

        @Override
        public void ended(FinishReason reason, long atNanos) {
            leave();
            next.ended(reason, atNanos);
        }
    }
}
