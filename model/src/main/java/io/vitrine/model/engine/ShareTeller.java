package io.vitrine.model.engine;

import java.util.Optional;

import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepResult.StepTimings;

/** Tells each sequence of a step its {@link StepShare}; one object for all, and none a step. Engine thread only. */
final class ShareTeller implements StepShare {

    private final PageSupply pages;
    private long stepIndex;
    private long startNanos;
    private long modelEndNanos;
    private int tokens;
    private int stepTokens;
    private int sequenceCount;
    private Phase phase = Phase.PREFILL;
    private long shareNanos;
    private long handOverNanos;
    private long leftOverNanos;
    private long kvBytes;
    private boolean watchedClosely;
    private Optional<StepTimings> timings = Optional.empty();

    ShareTeller(PageSupply pages) {
        this.pages = pages;
    }

    void tell(Batch batch, long index, long startedNanos, long endedNanos, Optional<StepTimings> stepTimings) {
        stepIndex = index;
        startNanos = startedNanos;
        modelEndNanos = endedNanos;
        stepTokens = batch.prefillTokens() + batch.decodeTokens();
        sequenceCount = batch.size();
        watchedClosely = batch.watchedClosely();
        timings = stepTimings;
        long nanos = modelEndNanos - startNanos;
        int tokensBefore = 0;
        for (int i = 0; i < batch.size(); i++) {
            tokens = batch.span(i).countedTokens();
            phase = batch.span(i).phase();
            // Differences of a rounded running sum: what rounding takes from one goes to the next, and nothing is lost.
            shareNanos = portion(nanos, tokensBefore + tokens) - portion(nanos, tokensBefore);
            handOverNanos = portion(leftOverNanos, tokensBefore + tokens) - portion(leftOverNanos, tokensBefore);
            tokensBefore += tokens;
            kvBytes = pages.heldBytes(batch.sequence(i));
            batch.sequence(i).listener().stepComputed(this);
        }
    }

    /** The step is over; this much of it was told nobody. */
    void ended(long untoldNanos) {
        leftOverNanos = untoldNanos;
    }

    private long portion(long nanos, int count) {
        // Not nanos * count / stepTokens, which a very long step would take past 64 bits.
        return nanos / stepTokens * count + nanos % stepTokens * count / stepTokens;
    }

    @Override
    public long stepIndex() {
        return stepIndex;
    }

    @Override
    public long startNanos() {
        return startNanos;
    }

    @Override
    public long modelEndNanos() {
        return modelEndNanos;
    }

    @Override
    public int tokens() {
        return tokens;
    }

    @Override
    public int stepTokens() {
        return stepTokens;
    }

    @Override
    public int sequenceCount() {
        return sequenceCount;
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public long shareNanos() {
        return shareNanos;
    }

    @Override
    public long handOverNanos() {
        return handOverNanos;
    }

    @Override
    public long kvBytes() {
        return kvBytes;
    }

    @Override
    public boolean watchedClosely() {
        return watchedClosely;
    }

    @Override
    public Optional<StepTimings> timings() {
        return timings;
    }
}
