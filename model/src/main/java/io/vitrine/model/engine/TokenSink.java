package io.vitrine.model.engine;

/**
 * Where a request's tokens go. Called on the engine thread, one call at a time; a sink is quick and never blocks.
 * Nothing is called for a refused request: {@link Engine#submit} says so itself. A sink that throws fails its own request
 * and no other.
 */
public interface TokenSink {

    /**
     * Takes the score of a token of the prompt: of each but the first, in order, before the first {@link #token}. Only
     * if the request {@linkplain GenerationRequest#scoresPrompt asks for it}.
     */
    default void promptToken(PromptToken token) {}

    /** The token that ended the text, and is not handed over. Not called where a stop string or a limit is the end. */
    default void endOfText(int tokenId) {}

    /**
     * Takes a token; one that only ends the text is not handed over.
     *
     * @return false to end the answer here, with {@link FinishReason#STOP}: a stop string is complete
     */
    boolean token(GeneratedToken token);

    /**
     * The answer is over; exactly once, last. Slot and pages are free already. Why a request {@link FinishReason#FAILED} is
     * told to the {@link EngineListener}: it is for the server's own log, never for a client.
     */
    void ended(FinishReason reason, GenerationUsage usage);
}
