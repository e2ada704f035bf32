package io.vitrine.server.api;

import java.util.List;

/**
 * A token of an answer with the logarithm of its probability.
 *
 * @param token its text; half a character shows as U+FFFD
 * @param logprob at most 0
 * @param bytes its text's exact bytes, 0 to 255 each
 */
public record TokenLogprob(String token, double logprob, List<Integer> bytes, List<Alternative> topLogprobs) {

    /** A token that could have stood there. */
    public record Alternative(String token, double logprob, List<Integer> bytes) {}
}
