package io.vitrine.model.engine;

/** The result of {@link Engine#submit}. */
public sealed interface Submission {

    /**
     * One of the sequences that are submitted together.
     *
     * @param sink takes its tokens
     * @param listener watches it
     */
    record Part(GenerationRequest request, TokenSink sink, GenerationListener listener) {}

    /** The sequences wait or run; each sink gets the rest. */
    interface Handle {
        /**
         * Ends every sequence of the submission within one step; does nothing for those that have ended. Any thread.
         */
        void cancel();
    }

    /** All parts were taken in. */
    record Accepted(Handle handle) implements Submission {}

    /** No part was taken in; every listener got the end, no sink is called. */
    record Refused(RefusalReason reason) implements Submission {}
}
