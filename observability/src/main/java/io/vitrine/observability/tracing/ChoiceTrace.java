package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.List;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepShare;
import io.vitrine.observability.catalogue.SpanEvent;
import org.jspecify.annotations.Nullable;

/**
 * Notes what happens to one choice, for spans that are made when it is all over, if they are. Nothing is made for a token
 * unless its steps are to be seen one by one; a chunk of the prompt is one note.
 *
 * <p>The time from the slot to the end is tiled: each event says what became of the time since the one before it. So what the
 * spans do not cover has a name, and it adds up.
 */
final class ChoiceTrace implements GenerationListener {

    /** Most notes of steps; the last one stands for what comes after. */
    private static final int MAX_NOTES = 2_048;

    private static final int MAX_MOMENTS = 64;

    final int choice;
    final GenerationRequest request;
    final boolean detailed;
    final List<StepNote> prefills = new ArrayList<>();
    final List<StepNote> decodeSteps = new ArrayList<>();
    final List<Moment> moments = new ArrayList<>();
    final StepSums decode = new StepSums();
    /** Steps that computed the prompt, and what was generated, again after a preemption. */
    final StepSums recompute = new StepSums();

    final List<StepNote> recomputes = new ArrayList<>();
    /** Sampling of the first token where decode steps are seen one by one: it comes before the first of them. */
    final StepSums firstSampling = new StepSums();

    final Gaps generateGaps = new Gaps();
    final Gaps decodeGaps = new Gaps();
    final ModelParts usualPrefill = new ModelParts();
    final ModelParts usualDecode = new ModelParts();

    private final GenerationListener next;
    private final EngineSteps engine;
    private final StepJoin join;

    boolean queued;
    long queuedNanos;
    boolean admitted;
    long admittedNanos;
    int slot;
    boolean prefilled;
    long prefillEndNanos;
    boolean started;
    long firstTokenNanos;
    long firstSampledNanos;

    @Nullable
    FinishReason finishReason;

    long endedNanos;

    private long stampNanos;
    private boolean waitsAgain;
    private @Nullable StepNote current;

    /** Puts a request among those that a step served. */
    @FunctionalInterface
    interface StepJoin {
        void join(StepTrace step, StepShare share);
    }

    /** @param detailed whether every step is to be noted for itself */
    ChoiceTrace(
            int choice,
            GenerationRequest request,
            boolean detailed,
            EngineSteps engine,
            StepJoin join,
            GenerationListener next) {
        this.choice = choice;
        this.request = request;
        this.detailed = detailed;
        this.engine = engine;
        this.join = join;
        this.next = next;
    }

    @Override
    public boolean timesEveryStep() {
        return detailed || next.timesEveryStep();
    }

    @Override
    public void queued(long atNanos) {
        queued = true;
        queuedNanos = atNanos;
        next.queued(atNanos);
    }

    @Override
    public void admitted(int takenSlot, long atNanos) {
        admitted = true;
        admittedNanos = atNanos;
        slot = takenSlot;
        stampNanos = atNanos;
        next.admitted(takenSlot, atNanos);
    }

    @Override
    public void prefixCacheHit(int cachedTokens, long atNanos) {
        note(SpanEvent.PREFIX_CACHE_HIT, atNanos, cachedTokens);
        next.prefixCacheHit(cachedTokens, atNanos);
    }

    @Override
    public void stepComputed(StepShare share) {
        gaps().betweenSteps += share.startNanos() - stampNanos;
        stampNanos = share.modelEndNanos();
        StepTrace step = joined(share);
        if (share.phase() == Phase.DECODE) {
            decodeComputed(share, step);
        } else if (prefilled) {
            current = null;
            recomputed(share, step);
        } else {
            current = noted(prefills, share, step);
        }
        next.stepComputed(share);
    }

    private @Nullable StepTrace joined(StepShare share) {
        if (!share.watchedClosely()) {
            return null;
        }
        StepTrace step = engine.trace(share);
        join.join(step, share);
        return step;
    }

    private void decodeComputed(StepShare share, @Nullable StepTrace step) {
        decode.add(share);
        current = detailed ? noted(decodeSteps, share, step) : null;
    }

    private void recomputed(StepShare share, @Nullable StepTrace step) {
        recompute.add(share);
        if (detailed) {
            noted(recomputes, share, step);
        }
    }

    private static StepNote noted(List<StepNote> notes, StepShare share, @Nullable StepTrace step) {
        if (notes.size() < MAX_NOTES) {
            notes.add(new StepNote(share, step));
        } else {
            notes.get(MAX_NOTES - 1).stretchOver(share);
        }
        return notes.get(notes.size() - 1);
    }

    @Override
    public void prefillEnded(int promptTokens, long atNanos) {
        prefilled = true;
        prefillEndNanos = atNanos;
        current = null;
        next.prefillEnded(promptTokens, atNanos);
    }

    @Override
    public void tokenSampled(long startNanos, long endNanos) {
        if (current == null) {
            gaps().betweenSteps += startNanos - stampNanos;
            (detailed ? firstSampling : decode).sampled(endNanos - startNanos);
            firstSampledNanos = endNanos;
        } else {
            current.sampled(startNanos, endNanos);
            decode.sampled(endNanos - startNanos);
        }
        stampNanos = endNanos;
        next.tokenSampled(startNanos, endNanos);
    }

    @Override
    public void tokenConstrained(long nanos, boolean forced) {
        if (current == null) {
            (detailed ? firstSampling : decode).constrained(nanos, forced);
        } else {
            current.constrained(nanos, forced);
            decode.constrained(nanos, forced);
        }
        next.tokenConstrained(nanos, forced);
    }

    @Override
    public void tokenGenerated(int tokenId, long atNanos) {
        if (!started) {
            started = true;
            firstTokenNanos = atNanos;
        }
        next.tokenGenerated(tokenId, atNanos);
    }

    @Override
    public void preempted(long atNanos) {
        gaps().betweenSteps += atNanos - stampNanos;
        stampNanos = atNanos;
        waitsAgain = true;
        note(SpanEvent.PREEMPTED, atNanos, 0);
        next.preempted(atNanos);
    }

    @Override
    public void resumed(int newSlot, long atNanos) {
        endWait(atNanos);
        note(SpanEvent.RESUMED, atNanos, 0);
        next.resumed(newSlot, atNanos);
    }

    private void endWait(long atNanos) {
        gaps().requeue += atNanos - stampNanos;
        stampNanos = atNanos;
        waitsAgain = false;
    }

    @Override
    public void ended(FinishReason reason, long atNanos) {
        finishReason = reason;
        endedNanos = atNanos;
        if (waitsAgain) {
            endWait(atNanos);
        } else if (admitted) {
            gaps().betweenSteps += atNanos - stampNanos;
        }
        usualPrefill.copyFrom(engine.usual(Phase.PREFILL));
        usualDecode.copyFrom(engine.usual(Phase.DECODE));
        next.ended(reason, atNanos);
    }

    private Gaps gaps() {
        return prefilled && !detailed ? decodeGaps : generateGaps;
    }

    private void note(SpanEvent event, long atNanos, int tokens) {
        if (moments.size() < MAX_MOMENTS) {
            moments.add(new Moment(event, atNanos, tokens));
        }
    }
}
