package io.vitrine.model.engine;

/** What became of {@link Engine#submit}. */
public sealed interface Submission {

    /** The request waits or runs; the sink will be told the rest. */
    interface Handle {
        /** Ends the request within one step; nothing happens if it has ended. Any thread. */
        void cancel();
    }

    /** Taken in. */
    record Accepted(Handle handle) implements Submission {}

    /** Not taken in; the listener was told, the sink is not. */
    record Refused(RefusalReason reason) implements Submission {}
}
