package io.vitrine.model.engine;

/**
 * What happens to one request, in order. Made for that request, so it may keep state in plain fields.
 *
 * <pre>
 * queued ── admitted ── prefixCacheHit* ── prefillEnded ── tokenGenerated* ── ended(STOP | LENGTH)
 *    │          └────────────────┴────────────────┴──────────────┴─────────── ended(CANCELLED | TIMED_OUT | FAILED)
 *    ├─────────────────────────────────────────────────────────────────────── ended(CANCELLED | TIMED_OUT | FAILED): never admitted
 * refused: ended(REFUSED) and nothing before it
 *
 * anywhere between admitted and ended, any number of times: preempted ── resumed
 *                                                               └─────── ended(CANCELLED | TIMED_OUT | FAILED)
 *
 * between admitted and ended, for each step the sequence is computed in:
 *     stepComputed ── (tokenConstrained? ── tokenSampled ── tokenGenerated?)*
 *                     in the step that ends the prompt: prefillEnded before these
 * </pre>
 *
 * <p>Queue time is from {@code queued} to {@code admitted}; what a request waits again is from each {@code preempted} to the
 * {@code resumed} after it. Nothing else is told twice, but {@code stepComputed}: a resumed request that computes again takes part
 * in steps like any other.
 *
 * <p>Events come one at a time: {@code queued} or a refusal on the submitting thread, the rest on the engine thread,
 * cancels included. A listener is quick, takes no lock, does no I/O and never throws; the engine counts one that does.
 * It only watches: tokens reach the client through the {@link TokenSink}, and with {@link #NONE} every answer is the same.
 * Times are those of the engine's {@link NanoClock}.
 */
public interface GenerationListener {

    /** Watches nothing. */
    GenerationListener NONE = new GenerationListener() {};

    /** The request waits for a slot. */
    default void queued(long atNanos) {}

    /** The request has slot {@code slot}, counted from 0, and the KV pages of its prompt. Once. */
    default void admitted(int slot, long atNanos) {}

    /**
     * The next {@code cachedTokens} tokens of the prompt were found in the prefix cache. At admission, and again when another
     * request has meanwhile computed what this one was about to; the sum is {@link GenerationUsage#cachedTokens}.
     */
    default void prefixCacheHit(int cachedTokens, long atNanos) {}

    /** The whole prompt is in the KV pages. Once. */
    default void prefillEnded(int promptTokens, long atNanos) {}

    /**
     * A token was sampled; the first one is time to first token. Told before the {@link TokenSink} takes the token. One that
     * only ends the text is not told, though {@link GenerationUsage#generatedTokens} counts it.
     */
    default void tokenGenerated(int tokenId, long atNanos) {}

    /**
     * A step in which this sequence was computed has its logits; its tokens come next. In every step it takes part in, also in
     * those that compute again what was lost to a preemption. A step that failed is not told.
     *
     * @param share lent for the call
     */
    default void stepComputed(StepShare share) {}

    /**
     * A token was drawn from a row of logits, be it one that only ends the text. Told before {@link #tokenGenerated}.
     *
     * @param startNanos when the sampler was given the row; of rows drawn side by side, each has an equal part of the
     *     time that passed
     */
    default void tokenSampled(long startNanos, long endNanos) {}

    /**
     * The constraint of this sequence masked and accepted a token; before {@link #tokenSampled} of that token, and only
     * with a constraint.
     *
     * @param nanos of the sampler's time, what mask and acceptance took
     * @param forced whether no other token was allowed
     */
    default void tokenConstrained(long nanos, boolean forced) {}

    /**
     * Whether the clock inside the model shall be read in every step of this sequence, and not in one of many. Asked once,
     * first of all. Changes what is known of a step, not what it gives.
     */
    default boolean timesEveryStep() {
        return false;
    }

    /** Slot and KV pages were given up to a request that comes before this one; it waits, and will be computed again. */
    default void preempted(long atNanos) {}

    /** The request has a slot and KV pages again. */
    default void resumed(int slot, long atNanos) {}

    /** Exactly once, last; before {@link TokenSink#ended}. */
    default void ended(FinishReason reason, long atNanos) {}

    /** Makes a request's listener, at the HTTP edge, where its trace context is current. */
    @FunctionalInterface
    interface Factory {
        GenerationListener create(GenerationRequest request);
    }
}
