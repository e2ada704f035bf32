package io.vitrine.model.engine;

/**
 * Where a request's tokens go. Called on the engine thread, one call at a time; a sink is quick and never blocks.
 * Nothing is called for a refused request: {@link Engine#submit} says so itself.
 */
public interface TokenSink {

    /**
     * Takes a token.
     *
     * @return false to end the answer here, with {@link FinishReason#STOP}: a stop string is complete
     */
    boolean token(GeneratedToken token);

    /** The answer is over; exactly once, last. {@code failure} is for the server's own log, never for a client. */
    void ended(FinishReason reason, GenerationUsage usage);
}
