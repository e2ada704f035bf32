package io.vitrine.model.engine;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;
import org.jspecify.annotations.Nullable;

/**
 * What the engine thread does: takes in who came, ends who is cancelled or overdue, admits, runs a step, hands out its
 * tokens, and begins again; sleeps while nobody is inside. All of it on the engine thread but the methods that say otherwise.
 */
final class EngineLoop implements Runnable {

    /** A model that fails this often in a row will not recover: better to stop than to fail every request one by one. */
    static final int FAILED_STEPS_TO_STOP = 3;

    private final ModelRunner runner;
    private final Scheduler scheduler;
    private final PageSupply pages;
    private final Intake intake;
    private final TokenDelivery delivery;
    private final EngineListener listener;
    private final NanoClock clock;
    private final int timedStepInterval;
    private final ShareTeller shares;
    private final Heartbeat heartbeat;
    private final List<Sequence> arrivals = new ArrayList<>();
    private final List<Sequence> sweep = new ArrayList<>();
    private final List<Draw> draws = new ArrayList<>();

    private long stepIndex;
    private int failedStepsInARow;

    private volatile int runningCount;
    private volatile int kvPagesUsed;
    private volatile int kvPagesCached;
    private volatile @Nullable Throwable failure;

    EngineLoop(
            ModelRunner runner,
            Scheduler scheduler,
            PageSupply pages,
            Intake intake,
            TokenDelivery delivery,
            EngineListener listener,
            NanoClock clock,
            Heartbeat heartbeat,
            int timedStepInterval) {
        this.runner = runner;
        this.scheduler = scheduler;
        this.pages = pages;
        this.shares = new ShareTeller(pages);
        this.intake = intake;
        this.delivery = delivery;
        this.listener = listener;
        this.clock = clock;
        this.heartbeat = heartbeat;
        this.timedStepInterval = timedStepInterval;
    }

    /** Any thread. */
    int runningCount() {
        return runningCount;
    }

    /** Any thread. */
    int kvPagesUsed() {
        return kvPagesUsed;
    }

    /** Any thread. */
    int kvPagesCached() {
        return kvPagesCached;
    }

    /** What stopped the engine; null while it is well. Any thread. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        try {
            // Sleeping only while the scheduler is empty, a cancel or a deadline needs nobody to wake the thread.
            while (takeArrivals(scheduler.isEmpty())) {
                turn();
            }
        } catch (Throwable cause) {
            stop(cause);
        } finally {
            intake.threadEnded();
        }
    }

    private boolean takeArrivals(boolean wait) {
        if (wait) {
            heartbeat.idle(clock.nanoTime());
        }
        return intake.take(arrivals, wait);
    }

    private void turn() {
        long startNanos = clock.nanoTime();
        heartbeat.stepStarted(stepIndex, startNanos);
        enqueueArrivals(startNanos);
        endCancelledAndOverdue(startNanos);
        Batch batch = scheduler.schedule(startNanos);
        tellDecisions(startNanos);
        if (batch.size() > 0) {
            step(batch, startNanos);
        } else if (!scheduler.isEmpty()) {
            throw new IllegalStateException("requests wait, none runs, and none can be admitted");
        }
    }

    /**
     * An arrival leaves the list once the scheduler has it: if anything throws between, {@link #stop} still ends it.
     */
    private void enqueueArrivals(long nowNanos) {
        for (int i = 0; i < arrivals.size(); i++) {
            scheduler.enqueue(arrivals.get(i), nowNanos);
        }
        arrivals.clear();
    }

    private void endCancelledAndOverdue(long nowNanos) {
        boolean cancelsAll = intake.cancelsAll();
        sweep.clear();
        scheduler.copyTo(sweep);
        for (int i = 0; i < sweep.size(); i++) {
            Sequence sequence = sweep.get(i);
            if (cancelsAll || sequence.cancelled()) {
                end(sequence, FinishReason.CANCELLED);
            } else if (sequence.overdue(nowNanos)) {
                end(sequence, FinishReason.TIMED_OUT);
            }
        }
    }

    private void tellDecisions(long nowNanos) {
        publishGauges();
        Decisions decisions = scheduler.decisions();
        for (int i = 0; i < decisions.size(); i++) {
            tell(decisions.decision(i), decisions.sequence(i), nowNanos);
        }
    }

    private static void tell(Decision decision, Sequence sequence, long nowNanos) {
        switch (decision.reason()) {
            case ADMITTED -> sequence.listener().admitted(sequence.slot(), nowNanos);
            case RESUMED -> sequence.listener().resumed(sequence.slot(), nowNanos);
            case PREEMPTED_FOR_PAGES -> sequence.listener().preempted(nowNanos);
            case PREFIX_CACHE_HIT -> tellHit(decision, sequence, nowNanos);
            case WAITS_FOR_SLOT, WAITS_FOR_PAGES, RAISED_BY_WAITING, PREFILL_CUT_BY_BUDGET -> {
                // For the report only: they would come at every step.
            }
        }
    }

    /** What a resumed sequence finds was its own. */
    private static void tellHit(Decision decision, Sequence sequence, long nowNanos) {
        if (!sequence.preempted()) {
            sequence.listener().prefixCacheHit(decision.tokens(), nowNanos);
        }
    }

    private void step(Batch batch, long startNanos) {
        long index = stepIndex++;
        long modelStartNanos = clock.nanoTime();
        heartbeat.modelStarted(batch.prefillTokens() + batch.decodeTokens(), modelStartNanos);
        StepResult result;
        try {
            result = runner.run(batch.plan(), batch.watchedClosely() || index % timedStepInterval == 0);
        } catch (ModelRunnerException cause) {
            failStep(batch, cause);
            return;
        }
        failedStepsInARow = 0;
        long modelEndNanos = clock.nanoTime();
        heartbeat.modelEnded(modelEndNanos);
        shares.tell(batch, index, startNanos, modelEndNanos, result.timings());
        handOutTokens(batch, result.logits(), modelEndNanos);
        long endNanos = clock.nanoTime();
        scheduler.stepEnded(endNanos - startNanos);
        heartbeat.stepEnded(endNanos);
        publishGauges();
        StepReport report = report(index, startNanos, endNanos, modelEndNanos - modelStartNanos, batch, result);
        shares.ended(endNanos - modelEndNanos - report.samplingNanos());
        listener.stepEnded(report);
    }

    private void failStep(Batch batch, ModelRunnerException cause) {
        listener.stepFailed(cause);
        for (int i = 0; i < batch.size(); i++) {
            end(batch.sequence(i), FinishReason.FAILED);
        }
        failedStepsInARow++;
        if (failedStepsInARow == FAILED_STEPS_TO_STOP) {
            throw cause;
        }
    }

    private void handOutTokens(Batch batch, FloatBuffer logits, long modelEndNanos) {
        requireRows(logits, batch.logitRows());
        drawAhead(batch, logits);
        int rowStart = logits.position();
        for (int i = 0; i < batch.size(); i++) {
            Span span = batch.span(i);
            if (span.phase() == Phase.PREFILL) {
                promptEnded(batch.sequence(i), span, logits, rowStart, modelEndNanos);
            } else {
                decodeEnded(batch.sequence(i), span, logits, rowStart);
            }
            rowStart += span.logitRows() * runner.vocabularySize();
        }
    }

    /** Of each sequence that gets a token for certain, the first; further ones depend on what that one is. */
    private void drawAhead(Batch batch, FloatBuffer logits) {
        draws.clear();
        int rowStart = logits.position();
        for (int i = 0; i < batch.size() && delivery.drawsAhead(batch.size()); i++) {
            Sequence sequence = batch.sequence(i);
            Span span = batch.span(i);
            if (span.phase() == Phase.PREFILL ? endsPrompt(sequence, span) : sequence.knownAhead() == 0) {
                draws.add(new Draw(sequence, drawnRow(span, rowStart)));
            }
            rowStart += span.logitRows() * runner.vocabularySize();
        }
        delivery.drawAhead(draws, logits);
    }

    /** Whether a token is drawn from the last row of a chunk that is not counted as computed yet. */
    private static boolean endsPrompt(Sequence sequence, Span chunk) {
        return chunk.logitRows() > 0 && chunk.position() + chunk.tokens().length == sequence.length();
    }

    /** Of a decoding span the first row, of a chunk the last. */
    private int drawnRow(Span span, int rowStart) {
        return span.phase() == Phase.PREFILL ? rowStart + (span.logitRows() - 1) * runner.vocabularySize() : rowStart;
    }

    private void promptEnded(Sequence sequence, Span chunk, FloatBuffer logits, int rowStart, long modelEndNanos) {
        boolean ends = endsPrompt(sequence, chunk);
        scheduler.chunkComputed(sequence, chunk);
        if (chunk.logits() == Logits.ALL) {
            FinishReason failure = delivery.scorePrompt(sequence, chunk, logits, rowStart);
            if (failure != null) {
                end(sequence, failure);
                return;
            }
        }
        if (ends) {
            sequence.listener().prefillEnded(sequence.request().promptLength(), modelEndNanos);
            handOutToken(sequence, logits, drawnRow(chunk, rowStart));
        }
    }

    /** Goes on from row to row as long as the token just handed out is the one the next row was computed for. */
    private void decodeEnded(Sequence sequence, Span span, FloatBuffer logits, int rowStart) {
        int drafted = sequence.guessedOf(span.tokens().length - 1);
        int accepted = 0;
        boolean goesOn = true;
        for (int row = 0; goesOn && row < span.tokens().length; row++) {
            scheduler.advance(sequence, 1);
            if (!sequence.knowsNext()) { // otherwise computed again after a preemption, and handed out long ago
                goesOn = handOutToken(sequence, logits, rowStart + row * runner.vocabularySize())
                        && row < drafted
                        && sequence.lastToken() == span.tokens()[row + 1];
                accepted += goesOn ? 1 : 0;
            }
        }
        if (drafted > 0) {
            scheduler.guessJudged(sequence, drafted, accepted);
        }
    }

    /** False if the sequence has ended with it. */
    private boolean handOutToken(Sequence sequence, FloatBuffer logits, int rowStart) {
        FinishReason reason = delivery.deliverNext(sequence, logits, rowStart);
        if (reason != null) {
            end(sequence, reason);
        }
        return reason == null;
    }

    private void requireRows(FloatBuffer logits, int rows) {
        if (logits.remaining() < (long) rows * runner.vocabularySize()) {
            throw new IllegalStateException("the model gave " + logits.remaining() + " logits for " + rows + " rows of "
                    + runner.vocabularySize());
        }
    }

    private StepReport report(
            long index, long startNanos, long endNanos, long modelNanos, Batch batch, StepResult result) {
        return new StepReport(
                index,
                startNanos,
                endNanos,
                modelNanos,
                delivery.takeSamplingNanos(),
                batch.prefillTokens(),
                batch.decodingCount(),
                batch.decodeTokens(),
                batch.replayedTokens(),
                batch.draftedTokens(),
                batch.acceptedTokens(),
                scheduler.runningCount(),
                intake.insideCount() - scheduler.runningCount(),
                pages.usedCount(),
                pages.cachedCount(),
                pages.takeCounts(),
                scheduler.decisions().copy(),
                result.timings());
    }

    private void end(Sequence sequence, FinishReason reason) {
        try {
            if (reason == FinishReason.UNUSABLE_LOGITS) {
                scheduler.distrust(sequence);
            }
            scheduler.remove(sequence);
        } finally {
            tellEnd(sequence, reason);
        }
    }

    /**
     * Slot, pages and place are free before the end is reported, so that listener and sink see it. Once for each
     * sequence, whatever
     * fails on the way.
     */
    private void tellEnd(Sequence sequence, FinishReason reason) {
        if (!sequence.end()) {
            return;
        }
        try {
            publishGauges();
        } finally {
            intake.leave();
            try {
                sequence.listener().ended(reason, clock.nanoTime());
                delivery.deliverEnd(sequence, reason);
            } finally {
                intake.told();
            }
        }
    }

    private void publishGauges() {
        runningCount = scheduler.runningCount();
        kvPagesUsed = pages.usedCount();
        kvPagesCached = pages.cachedCount();
    }

    /** The end of the engine: every request inside ends too, even if an invariant of scheduler or pages is violated. */
    private void stop(Throwable cause) {
        failure = cause;
        intake.end(RefusalReason.ENGINE_FAILED);
        listener.stopped(cause);
        sweep.clear();
        scheduler.copyTo(sweep);
        sweep.addAll(arrivals);
        sweep.forEach(sequence -> failQuietly(sequence, cause));
        arrivals.clear();
        while (takeArrivals(true)) {
            arrivals.forEach(sequence -> failQuietly(sequence, cause));
            arrivals.clear();
        }
    }

    private void failQuietly(Sequence sequence, Throwable cause) {
        try {
            if (scheduler.holds(sequence)) {
                end(sequence, FinishReason.FAILED);
            } else {
                tellEnd(sequence, FinishReason.FAILED);
            }
        } catch (Throwable also) {
            if (also != cause) {
                cause.addSuppressed(also);
            }
        }
    }
}
