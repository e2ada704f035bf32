package io.vitrine.model.engine;

import io.vitrine.model.engine.StepPlan.Layers;

/**
 * How much of a prompt a step may compute, so that a long prompt does not stall the streams beside it: a step with a part of
 * a prompt shall take at most {@value #TARGET} times as long as one without. Logic only: durations are passed in. Engine
 * thread only.
 *
 * <p>The unit is a prompt token through all layers. A chunk costs much besides its tokens, late in a long prompt mostly for
 * reading what it looks back on; so it should have {@value #CHUNK_TOKENS} tokens to share that. Where a step has no room for as
 * many, it computes some layers of them.
 *
 * <p>Where more sequences wait for their first token than have theirs, a step may be longer by that ratio: a second of one who
 * waits to begin counts as much as one of who waits to go on, and many short prompts that come together would otherwise
 * begin one by one over seconds.
 *
 * <p>It learns two things: how long a step takes that only decodes, for about as many rows, and what a prompt token adds to a
 * step that decodes too, for about as many tokens before it. The second is measured at the chunks in use, what they
 * cost besides
 * their tokens spread over these. While a prompt is computed no step only decodes; so that the first does
 * not grow old, one step in {@link #MIXED_STEPS_A_PROBE} leaves the prompt waiting.
 */
final class PrefillBudget {

    /** Of the duration of a step that only decodes. Below the 2 that is promised, for what prediction gets wrong. */
    static final double TARGET = 1.8;

    /**
     * Where a step has room for fewer, it gets some layers of as many. Half as many would cost nearly twice as much a token late
     * in a long prompt; twice as many would be cheaper by a seventh, but a step beside one stream has room for few layers of
     * them, and what is rounded off is lost.
     */
    static final int CHUNK_TOKENS = 64;

    /** A chunk has as many at least even if a step has no room for one layer of them, or a prompt would hardly get on. */
    static final int MIN_TOKENS = 4;

    static final int MIXED_STEPS_A_PROBE = 32;

    private final int maxTokens;
    private final int layers;
    /** Of decoding steps, by bucket of their rows. */
    private final MovingMedian[] decodeNanos = new MovingMedian[bucket(Integer.MAX_VALUE) + 1];
    /** By the same bucket; as many as a probe needs where nothing is known yet. */
    private final int[] mixedStepsSinceProbe = new int[decodeNanos.length];

    /**
     * By bucket of the tokens before the chunk: late in a long prompt a token costs several times what it does in a
     * short one.
     */
    private final MovingMedian[] tokenNanos = new MovingMedian[positionBucket(Integer.MAX_VALUE) + 1];

    /**
     * Knows nothing yet.
     *
     * @param maxTokens most prompt tokens in a step, beside nobody
     * @param layers that a chunk can be cut into
     */
    PrefillBudget(int maxTokens, int layers) {
        this.maxTokens = maxTokens;
        this.layers = layers;
        for (int i = 0; i < decodeNanos.length; i++) {
            decodeNanos[i] = new MovingMedian();
            mixedStepsSinceProbe[i] = MIXED_STEPS_A_PROBE;
        }
        for (int i = 0; i < tokenNanos.length; i++) {
            tokenNanos[i] = new MovingMedian();
        }
    }

    /** Half an octave wide: row counts in a bucket differ by less than a half, so the steps' durations do too. */
    private static int bucket(int rows) {
        return (int) Math.round(2 * Math.log(rows) / Math.log(2));
    }

    /** An octave wide. */
    private static int positionBucket(int position) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(position / 512);
    }

    /**
     * Prompt tokens that the next step has room for, not rounded. Changes nothing.
     *
     * @param decodeRows rows that decode in the step
     * @param prompts sequences whose prompts are not computed yet
     * @param position tokens before the chunk that comes first
     * @return 0 for a probe; never twice in a row for as many rows
     */
    double tokens(int decodeRows, int prompts, int position) {
        if (decodeRows == 0) {
            return maxTokens;
        }
        int bucket = bucket(decodeRows);
        if (mixedStepsSinceProbe[bucket] >= MIXED_STEPS_A_PROBE) {
            return 0;
        }
        MovingMedian token = tokenNanosAt(positionBucket(position));
        if (decodeNanos[bucket].isEmpty() || token.isEmpty()) {
            return Math.min(MIN_TOKENS, maxTokens);
        }
        double nanos = (TARGET - 1) * decodeNanos[bucket].value() * Math.max(1, (double) prompts / decodeRows);
        return Math.min(maxTokens, nanos / token.value());
    }

    /** Of chunks with about as many tokens before them, or else the nearest that there were, those with fewer first. */
    private MovingMedian tokenNanosAt(int bucket) {
        for (int lower = bucket; lower >= 0; lower--) {
            if (!tokenNanos[lower].isEmpty()) {
                return tokenNanos[lower];
            }
        }
        int higher = bucket;
        while (higher < tokenNanos.length - 1 && tokenNanos[higher].isEmpty()) {
            higher++;
        }
        return tokenNanos[higher];
    }

    /**
     * Tokens of a prompt's next chunk: what the step has {@code room} for, or else more, so that it {@linkplain #layers computes
     * some layers} of them.
     *
     * @param promptLeft tokens that are left of the prompt
     * @param room as {@link #tokens} gave it
     * @return 0 if there is no room at all
     */
    int chunk(int promptLeft, double room) {
        if (room <= 0) {
            return 0;
        }
        // No more than one layer of them has room.
        double most = Math.max(Math.min(CHUNK_TOKENS, room * layers), Math.max(MIN_TOKENS, room));
        return Math.min(promptLeft, (int) Math.min(maxTokens, most));
    }

    /**
     * The layers of a chunk that the next step computes: as many as it has {@code room} for, and as many as the next steps will
     * have, so that none is left with few. At least as many as count for a token, and all if it has all tokens.
     *
     * @param layersDone those that earlier steps have computed
     */
    Layers layers(int chunk, int layersDone, double room) {
        int left = layers - layersDone;
        int mostSteps = Math.max(1, left / ceilDiv(layers, chunk));
        int withRoom = Math.max(1, (int) (layers * room / chunk));
        int steps = Math.min(mostSteps, ceilDiv(left, withRoom));
        return new Layers(layersDone, layersDone + ceilDiv(left, steps), layers);
    }

    private static int ceilDiv(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    /**
     * Learns from a step.
     *
     * @param position tokens before its first chunk
     * @param promptTokens of a chunk of which it computed some layers, as large a part
     * @param nanos how long it took
     */
    void stepEnded(int decodeRows, int position, double promptTokens, long nanos) {
        if (decodeRows == 0) {
            return;
        }
        int bucket = bucket(decodeRows);
        if (promptTokens == 0) {
            mixedStepsSinceProbe[bucket] = 0;
            decodeStepEnded(decodeNanos[bucket], nanos);
        } else {
            mixedStepsSinceProbe[bucket]++;
            mixedStepEnded(decodeNanos[bucket], tokenNanos[positionBucket(position)], promptTokens, nanos);
        }
    }

    /** A clock that stood still says nothing. */
    private static void decodeStepEnded(MovingMedian decodeNanos, long nanos) {
        if (nanos > 0) {
            decodeNanos.add((double) nanos);
        }
    }

    private static void mixedStepEnded(
            MovingMedian decodeNanos, MovingMedian tokenNanos, double promptTokens, long nanos) {
        if (!decodeNanos.isEmpty()) {
            tokenNanos.add(Math.max(0, (double) nanos - decodeNanos.value()) / promptTokens);
        }
    }
}
