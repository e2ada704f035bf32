package io.vitrine.model.engine;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

import io.vitrine.model.engine.GeneratedToken.TokenLogprob;
import io.vitrine.model.sampling.LogProbabilities;
import io.vitrine.model.sampling.SamplerScratch;
import io.vitrine.model.sampling.UnusableLogitsException;
import org.jspecify.annotations.Nullable;

/** From a row of logits to a token in the hands of its sink. Engine thread only. */
final class TokenDelivery {

    private final SamplerScratch scratch;
    private final EngineListener engineListener;
    private final NanoClock clock;
    private long samplingNanos;

    TokenDelivery(SamplerScratch scratch, EngineListener engineListener, NanoClock clock) {
        this.scratch = scratch;
        this.engineListener = engineListener;
        this.clock = clock;
    }

    /**
     * Samples the next token of a sequence and tells its listener, then its sink: in this order, so that the sink's work
     * does not delay what the listener sees. Whatever sampler or sink throw fails this sequence only.
     *
     * @param logits its row begins at {@code index}
     * @return why the answer is over; null if it goes on
     */
    @Nullable
    FinishReason deliverNext(Sequence sequence, FloatBuffer logits, int index) {
        long startNanos = clock.nanoTime();
        scratch.load(logits, index);
        try {
            GeneratedToken token = sample(sequence);
            long atNanos = clock.nanoTime();
            samplingNanos += atNanos - startNanos;
            sequence.listener().tokenSampled(startNanos, atNanos);
            return hand(token, sequence, atNanos);
        } catch (UnusableLogitsException cause) {
            engineListener.requestFailed(sequence.request().requestId(), cause);
            return FinishReason.UNUSABLE_LOGITS;
        } catch (Throwable cause) { // a StackOverflowError too: the stack it filled is gone
            engineListener.requestFailed(sequence.request().requestId(), cause);
            return FinishReason.FAILED;
        }
    }

    private GeneratedToken sample(Sequence sequence) {
        int tokenId = sequence.sampler().sample(scratch);
        int topLogprobs = sequence.request().topLogprobs();
        GeneratedToken token = topLogprobs == GenerationRequest.NO_LOGPROBS
                ? new GeneratedToken(tokenId, sequence.answerLength(), Float.NaN, List.of())
                : withLogprobs(tokenId, sequence.answerLength(), topLogprobs);
        sequence.append(tokenId);
        return token;
    }

    private GeneratedToken withLogprobs(int tokenId, int index, int topLogprobs) {
        LogProbabilities logProbabilities = scratch.logProbabilities(topLogprobs);
        List<TokenLogprob> top = new ArrayList<>(logProbabilities.topCount());
        for (int rank = 0; rank < logProbabilities.topCount(); rank++) {
            int topId = logProbabilities.top(rank);
            top.add(new TokenLogprob(topId, logProbabilities.of(topId)));
        }
        return new GeneratedToken(tokenId, index, logProbabilities.of(tokenId), List.copyOf(top));
    }

    private static @Nullable FinishReason hand(GeneratedToken token, Sequence sequence, long atNanos) {
        if (sequence.endsText(token.tokenId())) {
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
