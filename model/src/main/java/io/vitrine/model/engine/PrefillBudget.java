package io.vitrine.model.engine;

/**
 * How many prompt tokens a step may compute, so that a long prompt does not stall the streams beside it: a step with a part of
 * a prompt shall take at most {@value #TARGET} times as long as one without. Logic only: durations are passed in. Engine
 * thread only.
 *
 * <p>Where more sequences wait for their first token than have theirs, a step may be longer by that ratio: a second of one who
 * waits to begin counts as much as one of who waits to go on, and many short prompts that come together would otherwise
 * begin one by one over seconds.
 *
 * <p>It learns two things: how long a step takes that only decodes, for about as many rows, and what a prompt token adds to a
 * step that decodes too. The second is measured at the chunks in use. What a chunk costs besides its tokens is spread over
 * them: a small chunk makes tokens look dear and a large one cheap, so that from step to step the chunk settles where the
 * prediction holds, without a name for either part. While a prompt is computed no step only decodes; so that the first does
 * not grow old, one step in {@link #MIXED_STEPS_A_PROBE} leaves the prompt waiting.
 */
final class PrefillBudget {

    /** Of the duration of a step that only decodes. Below the 2 that is promised, for what prediction gets wrong. */
    static final double TARGET = 1.8;

    /** A prompt gets as many at least, or it would hardly get on. */
    static final int MIN_TOKENS = 4;

    static final int MIXED_STEPS_A_PROBE = 32;

    private final int maxTokens;
    /** Of decoding steps, by bucket of their rows. */
    private final MovingMedian[] decodeNanos = new MovingMedian[bucket(Integer.MAX_VALUE) + 1];
    /** By the same bucket; as many as a probe needs where nothing is known yet. */
    private final int[] mixedStepsSinceProbe = new int[decodeNanos.length];

    private final MovingMedian tokenNanos = new MovingMedian();

    /**
     * Knows nothing yet.
     *
     * @param maxTokens most prompt tokens in a step, beside nobody
     */
    PrefillBudget(int maxTokens) {
        this.maxTokens = maxTokens;
        for (int i = 0; i < decodeNanos.length; i++) {
            decodeNanos[i] = new MovingMedian();
            mixedStepsSinceProbe[i] = MIXED_STEPS_A_PROBE;
        }
    }

    /** Half an octave wide: row counts in a bucket differ by less than a half, so the steps' durations do too. */
    private static int bucket(int rows) {
        return (int) Math.round(2 * Math.log(rows) / Math.log(2));
    }

    /**
     * Prompt tokens that the next step may have. Changes nothing.
     *
     * @param decodeRows sequences that decode in the step
     * @param prompts sequences whose prompts are not computed yet
     * @return 0 for a probe; never twice in a row for as many rows
     */
    int tokens(int decodeRows, int prompts) {
        if (decodeRows == 0) {
            return maxTokens;
        }
        int bucket = bucket(decodeRows);
        if (mixedStepsSinceProbe[bucket] >= MIXED_STEPS_A_PROBE) {
            return 0;
        }
        int least = Math.min(MIN_TOKENS, maxTokens);
        if (decodeNanos[bucket].isEmpty() || tokenNanos.isEmpty()) {
            return least;
        }
        double nanos = (TARGET - 1) * decodeNanos[bucket].value() * Math.max(1, (double) prompts / decodeRows);
        double tokens = nanos / tokenNanos.value();
        return (int) Math.max(least, Math.min(maxTokens, tokens));
    }

    /**
     * Learns from a step.
     *
     * @param nanos how long it took
     */
    void stepEnded(int decodeRows, int promptTokens, long nanos) {
        if (decodeRows == 0) {
            return;
        }
        int bucket = bucket(decodeRows);
        if (promptTokens == 0) {
            mixedStepsSinceProbe[bucket] = 0;
            decodeStepEnded(decodeNanos[bucket], nanos);
        } else {
            mixedStepsSinceProbe[bucket]++;
            mixedStepEnded(decodeNanos[bucket], promptTokens, nanos);
        }
    }

    /** A clock that stood still says nothing. */
    private static void decodeStepEnded(MovingMedian decodeNanos, long nanos) {
        if (nanos > 0) {
            decodeNanos.add((double) nanos);
        }
    }

    private void mixedStepEnded(MovingMedian decodeNanos, int promptTokens, long nanos) {
        if (!decodeNanos.isEmpty()) {
            tokenNanos.add(Math.max(0, (double) nanos - decodeNanos.value()) / promptTokens);
        }
    }
}
