package io.vitrine.model.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.vitrine.model.engine.NanoClock;

/** Runs another program; a test puts its own in place. */
@FunctionalInterface
public interface CommandRunner {

    /**
     * How the program ended.
     *
     * @param exitCode 0 for success
     * @param output the last lines of standard output and error together, each kept whole
     */
    record Outcome(int exitCode, List<String> output) {
        public Outcome {
            output = List.copyOf(output);
        }
    }

    /**
     * Runs the program to its end.
     *
     * @param environment set beside what this process has
     * @param limit when it takes longer, it and what it started are killed
     * @param whileRunning called a few times a second on the calling thread
     * @throws IOException if it could not be started, or was killed because of the limit; the message says which
     */
    Outcome run(List<String> command, Map<String, String> environment, Duration limit, Runnable whileRunning)
            throws IOException, InterruptedException;

    /** Programs of the operating system. */
    static CommandRunner ofProcesses(NanoClock clock) {
        return new ProcessCommandRunner(clock);
    }
}
