package io.vitrine.model.engine;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

import io.vitrine.model.engine.GeneratedToken.TokenLogprob;
import io.vitrine.model.sampling.LogProbabilities;
import io.vitrine.model.sampling.SamplerScratch;
import org.jspecify.annotations.Nullable;

/**
 * The next token of one sequence, to be drawn from its row of logits. Reads the sequence and advances its sampler; the
 * token is appended when it is handed over. Any one thread draws; the engine thread reads the outcome afterwards.
 */
final class Draw {

    private final Sequence sequence;
    private final int rowStart;
    private long startNanos;
    private long endNanos;
    private long constraintNanos;
    private boolean forced;
    private @Nullable GeneratedToken token;
    private @Nullable Throwable failure;

    /** From the row of logits that begins at {@code rowStart}. */
    Draw(Sequence sequence, int rowStart) {
        this.sequence = sequence;
        this.rowStart = rowStart;
    }

    boolean isOf(Sequence sequence, int rowStart) {
        return this.sequence == sequence && this.rowStart == rowStart;
    }

    /** Once. What the sampler throws is the outcome of this draw. */
    void run(FloatBuffer logits, SamplerScratch scratch, NanoClock clock) {
        try {
            scratch.load(logits, rowStart);
            token = sample(scratch, clock);
        } catch (Throwable cause) { // a StackOverflowError too: the stack it filled is gone
            failure = cause;
        }
    }

    private GeneratedToken sample(SamplerScratch scratch, NanoClock clock) {
        int tokenId = sequence.constraint() == null
                ? freeToken(scratch)
                : constrainedToken(sequence.constraint(), scratch, clock);
        int topLogprobs = sequence.request().topLogprobs();
        return topLogprobs == GenerationRequest.NO_LOGPROBS
                ? new GeneratedToken(tokenId, sequence.answerLength(), Float.NaN, List.of())
                : withLogprobs(tokenId, sequence.answerLength(), scratch.logProbabilities(topLogprobs));
    }

    private int freeToken(SamplerScratch scratch) {
        sequence.restrict(scratch.allowed());
        return sequence.sampler().sample(scratch);
    }

    private int constrainedToken(TokenConstraint.State constraint, SamplerScratch scratch, NanoClock clock) {
        long maskStartNanos = clock.nanoTime();
        sequence.restrict(scratch.allowed());
        int only = sequence.sampler().sampleForced(scratch);
        forced = only >= 0;
        constraintNanos = clock.nanoTime() - maskStartNanos;
        int tokenId = forced ? only : sequence.sampler().sample(scratch);
        long acceptStartNanos = clock.nanoTime();
        if (!constraint.accept(tokenId)) {
            throw new IllegalStateException("the constraint allows token " + tokenId + " and does not accept it");
        }
        constraintNanos += clock.nanoTime() - acceptStartNanos;
        return tokenId;
    }

    private static GeneratedToken withLogprobs(int tokenId, int index, LogProbabilities logProbabilities) {
        return new GeneratedToken(tokenId, index, logProbabilities.of(tokenId), top(logProbabilities));
    }

    static List<TokenLogprob> top(LogProbabilities logProbabilities) {
        List<TokenLogprob> top = new ArrayList<>(logProbabilities.topCount());
        for (int rank = 0; rank < logProbabilities.topCount(); rank++) {
            int topId = logProbabilities.top(rank);
            top.add(new TokenLogprob(topId, logProbabilities.of(topId)));
        }
        return List.copyOf(top);
    }

    /**
     * What this draw has of the sampler's time: its own, or an equal part of the time of several drawn side by side.
     */
    void took(long startNanos, long endNanos) {
        this.startNanos = startNanos;
        this.endNanos = endNanos;
    }

    long startNanos() {
        return startNanos;
    }

    /** Of its time, what the sequence's constraint took; of rows drawn side by side, on the drawing thread. */
    long constraintNanos() {
        return constraintNanos;
    }

    /** Whether the constraint left no other token. */
    boolean forced() {
        return forced;
    }

    long endNanos() {
        return endNanos;
    }

    /** The token, or null if the draw failed. */
    @Nullable
    GeneratedToken token() {
        return token;
    }

    /** What the sampler threw, or null if there is a token. */
    @Nullable
    Throwable failure() {
        return failure;
    }
}
