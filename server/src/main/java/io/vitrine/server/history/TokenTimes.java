package io.vitrine.server.history;

import java.util.List;

/**
 * When the tokens of a request came. Times are milliseconds from the request's start.
 *
 * @param source {@code trace} where each step of the request has a span, else {@code steps}: those of the engine in its time
 */
public record TokenTimes(String requestId, String source, List<Token> tokens) {

    /**
     * A step that gave tokens.
     *
     * @param gapMs since the step before
     * @param prefillTokens of prompts that the step computed too, 0 if that is not known
     */
    public record Token(double atMs, double gapMs, int batchSize, int prefillTokens) {}
}
