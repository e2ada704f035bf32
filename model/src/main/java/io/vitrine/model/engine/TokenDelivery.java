package io.vitrine.model.engine;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.sampling.UnusableLogitsException;
import org.jspecify.annotations.Nullable;

/** From a row of logits to a token in the hands of its sink. Engine thread only. */
final class TokenDelivery {

    private final SamplingThreads threads;
    private final EngineListener engineListener;
    private final NanoClock clock;
    /** Drawn before any of them is handed over, in the order in which they are; and how many are. */
    private final List<Draw> ahead = new ArrayList<>();

    private int handedOver;
    private long aheadEndNanos;
    private long samplingNanos;

    TokenDelivery(SamplingThreads threads, EngineListener engineListener, NanoClock clock) {
        this.threads = threads;
        this.engineListener = engineListener;
        this.clock = clock;
    }

    /** Whether several threads are worth their while for so many draws. */
    boolean drawsAhead(int drawCount) {
        return threads.shares(drawCount);
    }

    /**
     * Draws the first new token of each sequence of a step on several threads, if that pays. {@link #deliverNext} hands
     * them over.
     *
     * @param draws in the order in which they will be handed over
     */
    void drawAhead(List<Draw> draws, FloatBuffer logits) {
        ahead.clear();
        handedOver = 0;
        if (!threads.shares(draws.size())) {
            return;
        }
        ahead.addAll(draws);
        long startNanos = clock.nanoTime();
        threads.run(ahead, logits);
        aheadEndNanos = clock.nanoTime();
        shareTime(startNanos);
    }

    /** Equal parts, one after the other: together they are the time that passed, whatever the threads took. */
    private void shareTime(long startNanos) {
        long nanos = aheadEndNanos - startNanos;
        long count = ahead.stream().filter(draw -> draw.failure() == null).count();
        long index = 0;
        for (Draw draw : ahead) {
            if (draw.failure() == null) {
                draw.took(startNanos + nanos * index / count, startNanos + nanos * (index + 1) / count);
                index++;
            }
        }
    }

    /**
     * Samples the next token of a sequence and notifies its listener, then its sink: in this order, so that the sink's
     * work does not delay what the listener sees. Whatever sampler or sink throw fails this sequence only.
     *
     * @param logits its row begins at {@code rowStart}
     * @return why the answer is over; null if it goes on
     */
    @Nullable
    FinishReason deliverNext(Sequence sequence, FloatBuffer logits, int rowStart) {
        boolean isAhead = handedOver < ahead.size() && ahead.get(handedOver).isOf(sequence, rowStart);
        Draw draw = isAhead ? ahead.get(handedOver++) : drawNow(sequence, logits, rowStart);
        GeneratedToken token = draw.token();
        if (token == null) {
            return failed(sequence, Objects.requireNonNull(draw.failure()));
        }
        try {
            sequence.append(token.tokenId());
            samplingNanos += draw.endNanos() - draw.startNanos();
            if (sequence.constraint() != null) {
                sequence.listener().tokenConstrained(draw.constraintNanos(), draw.forced());
            }
            sequence.listener().tokenSampled(draw.startNanos(), draw.endNanos());
            return hand(token, sequence, isAhead ? aheadEndNanos : draw.endNanos());
        } catch (Throwable cause) { // a StackOverflowError too: the stack it filled is gone
            return failed(sequence, cause);
        }
    }

    /**
     * Hands the sink the scores of the prompt's tokens that follow those of a chunk.
     *
     * @param logits the chunk's rows begin at {@code rowStart}
     * @return why the answer is over; null if it goes on
     */
    @Nullable
    FinishReason scorePrompt(Sequence sequence, Span chunk, FloatBuffer logits, int rowStart) {
        try {
            for (int row = 0; row < chunk.logitRows(); row++) {
                int index = chunk.position() + row + 1;
                // What a preemption took was scored when it was computed first.
                if (index >= sequence.scoredTokens()
                        && index < sequence.request().promptLength()) {
                    sequence.sink().promptToken(threads.score(sequence, index, logits, rowStart, row));
                    sequence.scored();
                }
            }
            return null;
        } catch (Throwable cause) { // a StackOverflowError too: the stack it filled is gone
            return failed(sequence, cause);
        }
    }

    private Draw drawNow(Sequence sequence, FloatBuffer logits, int rowStart) {
        var draw = new Draw(sequence, rowStart);
        long startNanos = clock.nanoTime();
        threads.run(draw, logits);
        if (draw.failure() == null) {
            draw.took(startNanos, clock.nanoTime());
        }
        return draw;
    }

    private FinishReason failed(Sequence sequence, Throwable cause) {
        engineListener.requestFailed(sequence.request().requestId(), cause);
        if (cause instanceof ConstraintLimitException) {
            return FinishReason.CONSTRAINT_LIMIT;
        }
        return cause instanceof UnusableLogitsException ? FinishReason.UNUSABLE_LOGITS : FinishReason.FAILED;
    }

    private static @Nullable FinishReason hand(GeneratedToken token, Sequence sequence, long atNanos) {
        TokenConstraint.State constraint = sequence.constraint();
        if (sequence.endsText(token.tokenId())) {
            sequence.sink().endOfText(token.tokenId());
            return FinishReason.STOP;
        }
        if (constraint != null && constraint.isOver()) {
            return FinishReason.STOP;
        }
        sequence.listener().tokenGenerated(token.tokenId(), atNanos);
        if (!sequence.sink().token(token)) {
            return FinishReason.STOP;
        }
        return sequence.atLimit() ? FinishReason.LENGTH : null;
    }

    /** Tells the sink that its answer is over; one that throws is reported. */
    void deliverEnd(Sequence sequence, FinishReason reason) {
        try {
            sequence.sink().ended(reason, sequence.usage());
        } catch (Throwable cause) { // a StackOverflowError too: the stack it filled is gone
            engineListener.requestFailed(sequence.request().requestId(), cause);
        }
    }

    /** Time spent in the sampler since the last call. */
    long takeSamplingNanos() {
        long taken = samplingNanos;
        samplingNanos = 0;
        return taken;
    }
}
