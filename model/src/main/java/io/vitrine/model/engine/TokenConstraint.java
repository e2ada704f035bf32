package io.vitrine.model.engine;

/**
 * Which tokens an answer may consist of: a grammar, for instance. Immutable and shared; each sequence begins its own
 * {@link State}. Any thread.
 */
@FunctionalInterface
public interface TokenConstraint {

    /** The state of a new answer, without a token. */
    State begin();

    /**
     * How far one answer has come. Belongs to its sequence through batching, preemption and replay. One thread at a time.
     * The engine calls {@link #allow} before it draws a token and {@link #accept} with the one drawn.
     *
     * <p>A method that throws fails its own request and no other: with {@link FinishReason#CONSTRAINT_LIMIT} if it is a
     * {@link ConstraintLimitException}, else with {@link FinishReason#FAILED}.
     */
    interface State {

        /**
         * Overwrites {@code bits} with the tokens that may follow, at least one: bit {@code id % 64} of word
         * {@code id / 64}. Tokens that end the text are among them where the answer may end.
         *
         * @param bits one bit for each row of the head
         * @return false if every token may follow; {@code bits} need not be written then
         */
        boolean allow(long[] bits);

        /**
         * Takes the next token of the answer, one that ends the text included.
         *
         * @return false if it is not allowed here; nothing is changed then
         */
        boolean accept(int tokenId);

        /** Takes back the last {@code count} accepted tokens: draft tokens that are not sampled. */
        void rollback(int count);

        /** Whether nothing may follow any more, not even a token that ends the text: the answer ends here. */
        boolean isOver();
    }
}
