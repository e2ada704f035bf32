package io.vitrine.loadtest.measure;

import java.util.Arrays;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Arrivals of the chunks of one request: times and token counts. Turns them into its record and, if it is measured, into the run's gaps. */
public final class TokenClock {

    private static final int STALL_FACTOR = 5;

    private long[] at = new long[64];
    private int[] tokens = new int[64];
    private int chunks;
    private int soFar;
    private boolean eachSaysTokens = true;
    private long firstAnswer = RequestRecord.NEVER;
    private int promptTokens;
    private int cachedTokens = -1;
    private int usageTokens = -1;

    /**
     * A chunk came.
     *
     * @param completionTokens tokens of the answer so far, -1 if the chunk does not say
     * @return tokens that are new, 0 if the chunk has none
     */
    public int chunk(long atNanos, boolean hasText, boolean reasoning, int completionTokens) {
        int fresh = completionTokens < 0 ? 0 : completionTokens - soFar;
        boolean counts = completionTokens < 0 ? hasText : fresh > 0;
        if (!counts) {
            return 0;
        }
        eachSaysTokens &= completionTokens >= 0;
        soFar = Math.max(soFar, completionTokens);
        if (chunks == at.length) {
            at = Arrays.copyOf(at, 2 * chunks);
            tokens = Arrays.copyOf(tokens, 2 * chunks);
        }
        at[chunks] = atNanos;
        tokens[chunks++] = fresh;
        if (firstAnswer == RequestRecord.NEVER && !reasoning) {
            firstAnswer = atNanos;
        }
        return Math.max(1, fresh);
    }

    /** Usage of the whole request; the last one counts. */
    public void usage(int prompt, int cached, int completion) {
        promptTokens = prompt;
        cachedTokens = cached;
        usageTokens = completion;
    }

    public int chunks() {
        return chunks;
    }

    /** Tokens so far: as the chunks say, else at least one each. */
    public int tokensSoFar() {
        return eachSaysTokens ? soFar : chunks;
    }

    public TokenCounting counting() {
        if (chunks > 0 && eachSaysTokens) {
            return TokenCounting.PER_CHUNK;
        }
        if (usageTokens < 0) {
            return TokenCounting.UNKNOWN;
        }
        return chunks > 0 && chunks == usageTokens ? TokenCounting.ONE_PER_CHUNK : TokenCounting.TOTAL_ONLY;
    }

    /** Adds the gaps: between chunks, and for each token of a chunk its part of the gap. */
    public void addGapsTo(Histogram interChunk, Histogram interToken) {
        TokenCounting counting = counting();
        for (int index = 1; index < chunks; index++) {
            long gap = at[index] - at[index - 1];
            record(interChunk, gap, 1);
            if (counting == TokenCounting.PER_CHUNK) {
                record(interToken, Math.round((double) gap / tokens[index]), tokens[index]);
            } else if (counting == TokenCounting.ONE_PER_CHUNK) {
                record(interToken, gap, 1);
            }
        }
    }

    private static void record(Histogram histogram, long nanos, long count) {
        histogram.recordValueWithCount(Math.min(Math.max(0, nanos), histogram.getHighestTrackableValue()), count);
    }

    /** Adds the tokens to bins of the run by time; a chunk that does not say counts as the mean of its request. */
    public void addTokensTo(TimeBins bins) {
        boolean says = counting() == TokenCounting.PER_CHUNK;
        double mean = chunks == 0 ? 0 : (double) Math.max(usageTokens, chunks) / chunks;
        for (int index = 0; index < chunks; index++) {
            bins.add(at[index], says ? tokens[index] : mean);
        }
    }

    /** The record of the request. */
    public RequestRecord record(RequestFrame frame) {
        TokenCounting counting = counting();
        boolean perChunk = counting == TokenCounting.PER_CHUNK;
        int firstTokens = chunks == 0 ? 0 : perChunk ? tokens[0] : counting == TokenCounting.ONE_PER_CHUNK ? 1 : 0;
        long[] gaps = gaps();
        return new RequestRecord(
                frame.requestId(),
                frame.conversation(),
                frame.turn(),
                frame.warmUp(),
                frame.outcome(),
                frame.status(),
                frame.error(),
                frame.intendedNanos(),
                frame.sentNanos(),
                frame.streamed() ? at(0) : RequestRecord.NEVER,
                frame.streamed() ? at(1) : RequestRecord.NEVER,
                frame.streamed() ? firstAnswer : RequestRecord.NEVER,
                at(chunks - 1),
                frame.doneNanos(),
                frame.streamed(),
                chunks,
                counting,
                usageTokens >= 0 ? usageTokens : soFar,
                firstTokens,
                perChunk ? soFar : 0,
                usageTokens,
                promptTokens,
                cachedTokens,
                frame.plannedPromptTokens(),
                frame.plannedSharedTokens(),
                frame.plannedOutputTokens(),
                gaps.length == 0 ? 0 : gaps[gaps.length - 1],
                stalls(gaps));
    }

    /** What the driver knows of a request. */
    public record RequestFrame(
            String requestId,
            int conversation,
            int turn,
            boolean warmUp,
            Outcome outcome,
            int status,
            @Nullable String error,
            long intendedNanos,
            long sentNanos,
            long doneNanos,
            boolean streamed,
            int plannedPromptTokens,
            int plannedSharedTokens,
            int plannedOutputTokens) {}

    private long at(int index) {
        return index < 0 || index >= chunks ? RequestRecord.NEVER : at[index];
    }

    private long[] gaps() {
        long[] gaps = new long[Math.max(0, chunks - 1)];
        for (int index = 0; index < gaps.length; index++) {
            gaps[index] = at[index + 1] - at[index];
        }
        Arrays.sort(gaps);
        return gaps;
    }

    private static int stalls(long[] sortedGaps) {
        if (sortedGaps.length < 2) {
            return 0;
        }
        long limit = STALL_FACTOR * sortedGaps[(sortedGaps.length - 1) / 2];
        int first = sortedGaps.length;
        while (first > 0 && sortedGaps[first - 1] > limit) {
            first--;
        }
        return sortedGaps.length - first;
    }
}
