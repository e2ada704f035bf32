package io.vitrine.observability;

import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntSupplier;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.StepShare;

/**
 * Keeps what only the engine can tell of a request's times and of what it took of the machine, for its {@link RequestSummary}
 * and its bill: one object a request, watching all of its choices on their way to another listener.
 *
 * <p>Read on the thread that submitted the choices, once every one has ended, or, what the first admission knows, once that
 * was told: the hand-over from the engine thread is what makes its writes visible, so that no field needs to be volatile.
 */
public final class RequestTimes {

    private static final long NOT_KNOWN = -1;

    private final IntSupplier runningCount;
    private final Runnable onAdmitted;
    private boolean queued;
    private long queuedNanos;
    private boolean admitted;
    private long admittedNanos;
    private int batchSize;
    private boolean started;
    private long firstTokenNanos;
    private long engineNanos;
    private double kvByteNanos;
    private long longestQueueNanos = NOT_KNOWN;
    private long longestGapNanos = NOT_KNOWN;
    private long longestMeanGapNanos = NOT_KNOWN;

    /** Asks for nothing and tells nobody. */
    public RequestTimes() {
        this(() -> 0, () -> {});
    }

    /**
     * Asks and tells at the first admission, on the engine's thread.
     *
     * @param runningCount sequences that have a slot
     * @param onAdmitted told once; quick, and hands over to the thread that reads
     */
    public RequestTimes(IntSupplier runningCount, Runnable onAdmitted) {
        this.runningCount = runningCount;
        this.onAdmitted = onAdmitted;
    }

    /** Watches one choice and passes everything on to {@code next}. */
    public GenerationListener watch(GenerationListener next) {
        return new Watch(next);
    }

    /** From the first choice's submission to the first admission of any; empty if none was admitted. */
    public OptionalLong queueNanos() {
        return admitted ? OptionalLong.of(admittedNanos - queuedNanos) : OptionalLong.empty();
    }

    /** Sequences that had a slot at the first admission of any choice; empty if none was admitted. */
    public OptionalInt batchSize() {
        return admitted ? OptionalInt.of(batchSize) : OptionalInt.empty();
    }

    /** From the first admission of any choice to {@code endNanos}; empty if none was admitted. */
    public OptionalLong runNanos(long endNanos) {
        return admitted ? OptionalLong.of(endNanos - admittedNanos) : OptionalLong.empty();
    }

    /** From {@code startNanos} to the first token of any choice; empty if there was none. */
    public OptionalLong timeToFirstTokenNanos(long startNanos) {
        return started ? OptionalLong.of(firstTokenNanos - startNanos) : OptionalLong.empty();
    }

    /** Its shares of all steps and the time its tokens were drawn in: those of all requests add up to the engine's busy time. */
    public long engineNanos() {
        return engineNanos;
    }

    /** Bytes of KV pages times the seconds they were held, from step to step; of a shared page, an equal part. */
    public double kvByteSeconds() {
        return kvByteNanos / 1e9;
    }

    /** The longest times of its sequences. */
    public LongestTimes longest() {
        return new LongestTimes(known(longestQueueNanos), known(longestGapNanos), known(longestMeanGapNanos));
    }

    private static OptionalLong known(long nanos) {
        return nanos == NOT_KNOWN ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    private final class Watch implements GenerationListener {

        private final GenerationListener next;
        private boolean inQueue;
        private long inQueueSinceNanos;
        private int tokenCount;
        private long firstOwnTokenNanos;
        private long lastTokenNanos;
        private long kvBytes;
        private long kvSinceNanos;

        Watch(GenerationListener next) {
            this.next = next;
        }

        @Override
        public void queued(long atNanos) {
            if (!queued) {
                queued = true;
                queuedNanos = atNanos;
            }
            inQueue = true;
            inQueueSinceNanos = atNanos;
            next.queued(atNanos);
        }

        @Override
        public void admitted(int slot, long atNanos) {
            if (!admitted) {
                admitted = true;
                admittedNanos = atNanos;
                batchSize = runningCount.getAsInt();
                onAdmitted.run();
            }
            leaveQueue(atNanos);
            kvSinceNanos = atNanos;
            next.admitted(slot, atNanos);
        }

        @Override
        public void prefixCacheHit(int cachedTokens, long atNanos) {
            next.prefixCacheHit(cachedTokens, atNanos);
        }

        @Override
        public void stepComputed(StepShare share) {
            engineNanos += share.shareNanos() + share.handOverNanos();
            kvBytes = share.kvBytes();
            hold(share.modelEndNanos());
            next.stepComputed(share);
        }

        @Override
        public void tokenSampled(long startNanos, long endNanos) {
            engineNanos += endNanos - startNanos;
            next.tokenSampled(startNanos, endNanos);
        }

        @Override
        public void tokenConstrained(long nanos, boolean forced) {
            next.tokenConstrained(nanos, forced);
        }

        @Override
        public boolean timesEveryStep() {
            return next.timesEveryStep();
        }

        @Override
        public void preempted(long atNanos) {
            hold(atNanos);
            kvBytes = 0;
            next.preempted(atNanos);
        }

        @Override
        public void resumed(int slot, long atNanos) {
            kvSinceNanos = atNanos;
            next.resumed(slot, atNanos);
        }

        @Override
        public void prefillEnded(int promptTokens, long atNanos) {
            next.prefillEnded(promptTokens, atNanos);
        }

        @Override
        public void tokenGenerated(int tokenId, long atNanos) {
            if (!started) {
                started = true;
                firstTokenNanos = atNanos;
            }
            if (tokenCount == 0) {
                firstOwnTokenNanos = atNanos;
            } else {
                longestGapNanos = Math.max(longestGapNanos, atNanos - lastTokenNanos);
            }
            lastTokenNanos = atNanos;
            tokenCount++;
            next.tokenGenerated(tokenId, atNanos);
        }

        @Override
        public void ended(FinishReason reason, long atNanos) {
            hold(atNanos);
            leaveQueue(atNanos);
            boolean well = reason == FinishReason.STOP || reason == FinishReason.LENGTH;
            if (well && tokenCount > 1) {
                long meanGapNanos = (lastTokenNanos - firstOwnTokenNanos) / (tokenCount - 1);
                longestMeanGapNanos = Math.max(longestMeanGapNanos, meanGapNanos);
            }
            next.ended(reason, atNanos);
        }

        private void leaveQueue(long atNanos) {
            if (inQueue) {
                inQueue = false;
                longestQueueNanos = Math.max(longestQueueNanos, atNanos - inQueueSinceNanos);
            }
        }

        /** What it holds now it has held since it was last looked at: pages come at the beginning of a step. */
        private void hold(long atNanos) {
            kvByteNanos += (double) kvBytes * (atNanos - kvSinceNanos);
            kvSinceNanos = atNanos;
        }
    }
}
