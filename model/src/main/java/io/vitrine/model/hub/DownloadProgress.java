package io.vitrine.model.hub;

import java.io.PrintStream;
import java.util.OptionalLong;

import io.vitrine.model.engine.NanoClock;

/**
 * Watches a model being fetched. Calls come one at a time, though not all on one thread; after a failed transfer a
 * {@link #note} says so in place of {@link #finished}.
 */
public interface DownloadProgress {

    /** Watches nothing. */
    DownloadProgress NONE = new DownloadProgress() {};

    /** A transfer begins. {@code doneBytes} of it are already there from an earlier attempt. */
    default void started(String what, long doneBytes, OptionalLong totalBytes) {}

    /** So many bytes of the transfer are here now, in all; fewer than before when a file had to be begun again. */
    default void advanced(long doneBytes) {}

    default void finished() {}

    /** What is about to happen or has failed, in one sentence. */
    default void note(String sentence) {}

    /**
     * Shows progress to a person: on a terminal a bar redrawn in place, elsewhere a line now and then.
     *
     * @param terminal whether {@code out} is a terminal
     */
    static DownloadProgress on(PrintStream out, boolean terminal, NanoClock clock) {
        return terminal ? new ProgressBar(out, clock) : new ProgressLines(out, clock);
    }
}
