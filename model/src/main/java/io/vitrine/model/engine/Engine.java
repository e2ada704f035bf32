package io.vitrine.model.engine;

import java.time.Duration;

/**
 * Continuous batching over at most {@link EngineSettings#slots} running sequences: requests join and leave between steps.
 * One thread, named {@code vitrine-engine}, owns scheduler, batch and KV accounting.
 */
@SuppressWarnings("DoNotCallSuggester") // until the bodies are here
public final class Engine implements AutoCloseable {

    /**
     * Starts the engine thread.
     *
     * @param runner closed by whoever made it, after the engine
     */
    public Engine(ModelRunner runner, EngineSettings settings, EngineListener listener, NanoClock clock) {
        throw new UnsupportedOperationException();
    }

    /** Takes a request in or refuses it at once. Any thread; never blocks. */
    public Submission submit(GenerationRequest request, TokenSink sink, GenerationListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Sequences that have a slot. Any thread. */
    public int runningCount() {
        throw new UnsupportedOperationException();
    }

    /** Requests in the queue. Any thread. */
    public int waitingCount() {
        throw new UnsupportedOperationException();
    }

    /** KV pages in use. Any thread. */
    public int kvPagesUsed() {
        throw new UnsupportedOperationException();
    }

    /** False once the engine has stopped after a failure; it does not come back. Any thread. */
    public boolean healthy() {
        throw new UnsupportedOperationException();
    }

    /**
     * Refuses new requests and waits until running and waiting ones have ended, or {@code grace} is over; those left are
     * then cancelled. Blocks; not the engine thread.
     *
     * @return whether everything ended by itself
     */
    public boolean drain(Duration grace) {
        throw new UnsupportedOperationException();
    }

    /** Cancels what is left and ends the engine thread. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
