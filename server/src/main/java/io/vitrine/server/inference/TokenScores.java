package io.vitrine.server.inference;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import io.vitrine.model.engine.GeneratedToken;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.server.api.TokenLogprob;
import io.vitrine.server.api.TokenLogprob.Alternative;

/**
 * Keeps the log-probabilities of tokens until their text goes out: a token is told together with the first character of
 * its text, and never if a stop string cut that off. For one choice, on the engine thread.
 */
final class TokenScores {

    /** JSON has no infinity; other servers write this. */
    private static final double IMPOSSIBLE = -9999;

    private final Tokenizer tokenizer;
    private final Queue<ScoredToken> waiting = new ArrayDeque<>();

    TokenScores(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    void add(GeneratedToken token, int textOffset) {
        waiting.add(new ScoredToken(of(token.tokenId(), token.logprob(), token.top()), textOffset));
    }

    /** A token as an answer states it. */
    TokenLogprob of(int tokenId, float logprob, List<GeneratedToken.TokenLogprob> top) {
        List<Alternative> alternatives = top.stream()
                .map(other -> new Alternative(text(other.tokenId()), logprob(other.logprob()), bytes(other.tokenId())))
                .toList();
        return new TokenLogprob(text(tokenId), logprob(logprob), bytes(tokenId), alternatives);
    }

    /** Those whose text begins before {@code endOffset}, a place in the choice's text. */
    List<ScoredToken> takeBefore(int endOffset) {
        List<ScoredToken> taken = new ArrayList<>();
        for (ScoredToken next = waiting.peek(); next != null && next.textOffset() < endOffset; next = waiting.peek()) {
            taken.add(waiting.remove());
        }
        return taken;
    }

    /** A special token adds nothing to the text, but a reader wants to know which one it is. */
    String text(int tokenId) {
        return tokenizer.isSpecial(tokenId)
                ? tokenizer.token(tokenId)
                : new String(tokenizer.bytes(tokenId), StandardCharsets.UTF_8);
    }

    private List<Integer> bytes(int tokenId) {
        List<Integer> unsigned = new ArrayList<>();
        for (byte signed : tokenizer.bytes(tokenId)) {
            unsigned.add(Byte.toUnsignedInt(signed));
        }
        return unsigned;
    }

    /** Rounding may leave a probability a hair above 1. */
    static double logprob(float value) {
        return Math.max(IMPOSSIBLE, Math.min(0, value));
    }
}
