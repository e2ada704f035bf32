package io.vitrine.loadtest.measure;

import java.util.OptionalDouble;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * One request as its client saw it, and every metric of it. Times that did not happen are {@link #NEVER}.
 *
 * @param intendedNanos when it was to be sent: from the plan, or when its lane or its turn became free
 * @param sentNanos when its first byte was handed to the socket
 * @param firstNanos first chunk with a token
 * @param secondNanos second chunk with a token
 * @param firstAnswerNanos first chunk with a token that is not reasoning
 * @param endNanos last chunk with a token
 * @param doneNanos end of the stream
 * @param outputTokens of the answer, by usage or else by chunks; 0 if unknown
 * @param firstChunkTokens of the first chunk; 0 if unknown
 * @param chunkTokens sum over the chunks; 0 if they do not say
 * @param maxGapNanos longest gap between two chunks; 0 for fewer than two
 * @param stalls gaps longer than five times the median gap
 * @param error kind of the error; null without one
 */
public record RequestRecord(
        String requestId,
        int conversation,
        int turn,
        boolean warmUp,
        Outcome outcome,
        int status,
        @Nullable String error,
        long intendedNanos,
        long sentNanos,
        long firstNanos,
        long secondNanos,
        long firstAnswerNanos,
        long endNanos,
        long doneNanos,
        boolean streamed,
        int chunks,
        TokenCounting counting,
        int outputTokens,
        int firstChunkTokens,
        int chunkTokens,
        int usageTokens,
        int promptTokens,
        int cachedTokens,
        int plannedPromptTokens,
        int plannedSharedTokens,
        int plannedOutputTokens,
        long maxGapNanos,
        int stalls) {

    public static final long NEVER = Long.MIN_VALUE;

    /** How far the two bounds of TPOT may be apart where only the total of the tokens is known. */
    private static final double TPOT_UNCERTAINTY = 1.05;

    public boolean completed() {
        return outcome == Outcome.COMPLETED;
    }

    /** From the intended time to the first byte: the client's own delay, connecting included. */
    public OptionalLong clientWait() {
        return between(intendedNanos, sentNanos);
    }

    /** Time to first token, service clock. A whole answer has none. */
    public OptionalLong ttft() {
        return between(sentNanos, firstNanos);
    }

    /** Time to first token since the intended time: what a user waits. */
    public OptionalLong ttftUser() {
        return between(intendedNanos, firstNanos);
    }

    /** Time to the first token that is not reasoning. */
    public OptionalLong ttfo() {
        return between(sentNanos, firstAnswerNanos);
    }

    /** Time to second chunk: what decoding needs to start. */
    public OptionalLong ttst() {
        return between(firstNanos, secondNanos);
    }

    /**
     * Time per output token after the first chunk: {@code (t_end - t_1) / (N - n_1)}. If the chunks do not say their tokens, the first may hold
     * from 1 to N - k + 1 of them; the value is given only where both bounds are close.
     */
    public OptionalDouble tpot() {
        if (firstNanos == NEVER || outputTokens == 0) {
            return OptionalDouble.empty();
        }
        double span = endNanos - firstNanos;
        if (firstChunkTokens > 0) {
            int rest = outputTokens - firstChunkTokens;
            return rest <= 0 ? OptionalDouble.empty() : OptionalDouble.of(span / rest);
        }
        if (chunks < 2 || outputTokens < chunks) {
            return OptionalDouble.empty();
        }
        double least = span / (outputTokens - 1);
        double most = span / (chunks - 1);
        return most <= least * TPOT_UNCERTAINTY ? OptionalDouble.of(least) : OptionalDouble.empty();
    }

    /** To the end of the stream, usage and {@code [DONE]} included. */
    public OptionalLong e2e() {
        return completed() ? between(sentNanos, doneNanos) : OptionalLong.empty();
    }

    public OptionalLong e2eUser() {
        return completed() ? between(intendedNanos, doneNanos) : OptionalLong.empty();
    }

    /** End-to-end time per token of the answer. */
    public OptionalDouble normalised() {
        return completed() && outputTokens > 0
                ? OptionalDouble.of((double) (doneNanos - sentNanos) / outputTokens)
                : OptionalDouble.empty();
    }

    private static OptionalLong between(long from, long to) {
        return from == NEVER || to == NEVER ? OptionalLong.empty() : OptionalLong.of(to - from);
    }
}
