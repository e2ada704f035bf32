package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.model.engine.GeneratedToken.TokenLogprob;
import io.vitrine.model.engine.PromptToken;
import io.vitrine.model.text.StreamDecoder;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.server.api.PromptLogprob;

/** Gathers the scores of one choice's prompt, on the engine thread. */
final class PromptScores {

    private final TokenScores texts;
    private final StreamDecoder decoder;
    private final List<PromptScore> scores = new ArrayList<>();
    private int decodedLength;

    /** @param firstTokenId of the prompt */
    PromptScores(Tokenizer tokenizer, int firstTokenId) {
        this.texts = new TokenScores(tokenizer);
        this.decoder = new StreamDecoder(tokenizer);
        scores.add(new PromptScore(texts.text(firstTokenId), null, Map.of(), 0));
        decodedLength = decoder.accept(firstTokenId).length();
    }

    void add(PromptToken token) {
        scores.add(new PromptScore(
                texts.text(token.tokenId()),
                texts.of(token.tokenId(), token.logprob(), token.top()),
                listed(token),
                decodedLength));
        decodedLength += decoder.accept(token.tokenId()).length();
    }

    private Map<String, PromptLogprob> listed(PromptToken token) {
        Map<String, PromptLogprob> listed = new LinkedHashMap<>();
        listed.put(Integer.toString(token.tokenId()), logprob(token.tokenId(), token.logprob(), token.rank()));
        int rank = 1;
        for (TokenLogprob other : token.top()) {
            listed.putIfAbsent(Integer.toString(other.tokenId()), logprob(other.tokenId(), other.logprob(), rank));
            rank++;
        }
        return listed;
    }

    private PromptLogprob logprob(int tokenId, float logprob, int rank) {
        return new PromptLogprob(TokenScores.logprob(logprob), rank, texts.text(tokenId));
    }

    List<PromptScore> all() {
        return List.copyOf(scores);
    }
}
