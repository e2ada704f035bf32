package io.vitrine.model.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import io.vitrine.model.kv.KvPages;
import io.vitrine.model.kv.PrefixCache;
import io.vitrine.model.sampling.DrawableTokens;

/**
 * Continuous batching over at most {@link EngineSettings#slots} running sequences: requests join and leave between steps.
 * One thread, named {@code vitrine-engine}, owns scheduler, batch and KV accounting; it sleeps while nobody is inside.
 *
 * <p>At most {@code slots + queueLimit} requests are inside at a time, running or waiting. A request takes KV pages as it
 * grows; when none is left, the one that comes last by class and arrival waits and is computed again, which its client can
 * tell by the time only: the answer is the same to the bit of the logits. After a step that failed in the model the engine
 * goes on without the requests of that step; after three in a row, or anything else that is not a single request's own
 * failure, it stops for good: see {@link #healthy} and {@link #failure}.
 */
public final class Engine implements AutoCloseable {

    private final ModelRunner runner;
    private final Scheduler scheduler;
    private final DrawableTokens tokens;
    private final SamplingThreads samplingThreads;
    private final Intake intake;
    private final EngineLoop loop;
    private final NanoClock clock;
    private final Heartbeat heartbeat;
    private final AtomicLong listenerFailures = new AtomicLong();
    private final Thread thread;

    /** As the other constructor, for a model whose head has a token for each row. */
    public Engine(ModelRunner runner, EngineSettings settings, EngineListener listener, NanoClock clock) {
        this(runner, DrawableTokens.all(runner.vocabularySize()), settings, listener, clock);
    }

    /**
     * Starts the engine thread.
     *
     * @param runner closed by whoever made it, after the engine
     * @param tokens which rows of the head are tokens; no other is drawn
     */
    public Engine(
            ModelRunner runner,
            DrawableTokens tokens,
            EngineSettings settings,
            EngineListener listener,
            NanoClock clock) {
        this.runner = runner;
        this.tokens = tokens;
        if (tokens.rowCount() != runner.vocabularySize()) {
            throw new IllegalArgumentException(
                    "the head has " + runner.vocabularySize() + " rows, the tokens are those of " + tokens.rowCount());
        }
        this.clock = clock;
        heartbeat = new Heartbeat(clock.nanoTime());
        var pages = new KvPages(runner.pageCount(), runner.pagePositions(), runner.pageBytes());
        var supply = new PageSupply(
                pages,
                new PrefixCache(pages, settings.prefixCacheBytes()),
                (source, target, positions) ->
                        heartbeat.duringModelCall(clock, () -> runner.copyPage(source, target, positions)));
        scheduler = new Scheduler(
                settings.slots(),
                new PrefillBudget(settings.prefillChunk(), runner.layerCount()),
                new DraftBudget(settings.draftTokens()),
                supply);
        intake = new Intake(Math.addExact(settings.slots(), settings.queueLimit()));
        var guarded = new GuardedEngineListener(listener, listenerFailures);
        samplingThreads = new SamplingThreads(tokens, runner.threads(), clock);
        var delivery = new TokenDelivery(samplingThreads, guarded, clock);
        loop = new EngineLoop(
                runner, scheduler, supply, intake, delivery, guarded, clock, heartbeat, settings.timedStepInterval());
        thread = new Thread(loop, "vitrine-engine");
        thread.setDaemon(true);
        thread.start();
    }

    /** As {@link #submit(List)}, with one part. */
    public Submission submit(GenerationRequest request, TokenSink sink, GenerationListener listener) {
        return submit(List.of(new Submission.Part(request, sink, listener)));
    }

    /**
     * Takes all parts in, in their order, or refuses them all at once: of a refused submission nothing ever waits, so
     * it takes no place from others. Any thread; never blocks.
     *
     * @throws IllegalArgumentException if there is no part, or a token of a prompt or bias is not in the vocabulary;
     *     no listener is called then
     */
    public Submission submit(List<Submission.Part> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a submission must have at least one part");
        }
        parts.forEach(part -> requireInVocabulary(part.request()));
        List<Sequence> sequences = parts.stream().map(this::sequence).toList();
        RefusalReason refusal =
                sequences.stream().allMatch(scheduler::fits) ? intake.enter(sequences.size()) : RefusalReason.TOO_LONG;
        long nowNanos = clock.nanoTime();
        if (refusal != null) {
            sequences.forEach(sequence -> sequence.listener().ended(FinishReason.REFUSED, nowNanos));
            return new Submission.Refused(refusal);
        }
        sequences.forEach(sequence -> sequence.listener().queued(nowNanos));
        intake.handOver(sequences);
        return new Submission.Accepted(() -> sequences.forEach(Sequence::cancel));
    }

    private Sequence sequence(Submission.Part part) {
        var guarded = new GuardedGenerationListener(part.listener(), listenerFailures);
        return new Sequence(part.request(), runner.contextLength(), part.sink(), guarded);
    }

    /** Most sequences that can run and wait together: a submission of more parts is never taken in. Any thread. */
    public int capacity() {
        return intake.places();
    }

    private void requireInVocabulary(GenerationRequest request) {
        for (int token : request.sharedPromptTokens()) {
            requireInVocabulary("prompt token", token);
        }
        for (int token : request.sampling().logitBias().keySet()) {
            requireInVocabulary("logitBias token", token);
        }
    }

    private void requireInVocabulary(String name, int token) {
        if (!tokens.contains(token)) {
            throw new IllegalArgumentException(name + " must be " + tokens + ": " + token);
        }
    }

    /** Reads the clock inside the model on timed steps while {@code on}, asked before each step; at first always. Any thread. */
    public void stageTimingWhile(BooleanSupplier on) {
        loop.stageTimingWhile(on);
    }

    /** Sequences that have a slot. Any thread. */
    public int runningCount() {
        return loop.runningCount();
    }

    /** What the engine thread does now; also while it is stuck. Any thread. */
    public EngineProgress progress() {
        return heartbeat.latest();
    }

    /** False once the engine thread has ended: stopped, closed, or killed. Any thread. */
    public boolean threadAlive() {
        return thread.isAlive();
    }

    /** Where the engine thread is, innermost call first; empty if it has ended. Any thread; not for every step. */
    public List<StackTraceElement> stack() {
        return List.of(thread.getStackTrace());
    }

    /** Whether one sequence more would be refused. Any thread. */
    public boolean full() {
        return intake.insideCount() >= intake.places();
    }

    /** Requests in the queue. Any thread. */
    public int waitingCount() {
        // Read one after the other, so they may be of different moments.
        return Math.max(0, intake.insideCount() - loop.runningCount());
    }

    /** KV pages that running sequences hold; a shared one counts once. Any thread. */
    public int kvPagesUsed() {
        return loop.kvPagesUsed();
    }

    /** KV pages that the prefix cache holds; running sequences may hold them too. Any thread. */
    public int kvPagesCached() {
        return loop.kvPagesCached();
    }

    /** Calls to listeners, of requests and of the engine, that threw. Any thread. */
    public long listenerFailures() {
        return listenerFailures.get();
    }

    /** False once the engine has stopped after a failure; it does not come back. Any thread. */
    public boolean healthy() {
        return loop.failure() == null;
    }

    /** What stopped the engine. Any thread. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(loop.failure());
    }

    /**
     * Refuses new requests and waits until running and waiting ones have ended, or {@code grace} is over or the waiting
     * thread is interrupted; those left are then cancelled, which takes one step. Blocks; not the engine thread.
     *
     * @return whether everything ended by itself
     */
    public boolean drain(Duration grace) {
        requireOtherThread();
        intake.close(RefusalReason.DRAINING);
        boolean interrupted = false;
        boolean ended = false;
        try {
            ended = intake.awaitEmpty(TimeUnit.NANOSECONDS.convert(grace));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (!ended) {
            intake.cancelAll();
            interrupted |= awaitEmpty();
        }
        restoreInterrupt(interrupted);
        return ended;
    }

    /** Waits through interrupts; gives whether there was one. */
    private boolean awaitEmpty() {
        boolean interrupted = false;
        while (true) {
            try {
                if (intake.awaitEmpty(Long.MAX_VALUE)) {
                    return interrupted;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    /**
     * Cancels what is left and ends the engine thread; waits for the step that runs, through interrupts too: the model may
     * be closed afterwards, and must not be while it computes. Not the engine thread.
     */
    @Override
    public void close() {
        requireOtherThread();
        intake.end(RefusalReason.DRAINING);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        samplingThreads.close();
        restoreInterrupt(interrupted);
    }

    private static void restoreInterrupt(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireOtherThread() {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("the engine thread cannot wait for itself");
        }
    }
}
