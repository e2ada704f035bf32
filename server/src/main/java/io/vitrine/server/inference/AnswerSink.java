package io.vitrine.server.inference;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GeneratedToken;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.GenerationUsage;
import io.vitrine.model.engine.TokenSink;
import io.vitrine.model.text.StopMatcher;
import io.vitrine.model.text.StopStrings;
import io.vitrine.model.text.StreamDecoder;
import io.vitrine.model.text.Tokenizer;

/**
 * Turns the tokens of one choice into text, on the engine thread, so that a stop string ends the answer within the step
 * that completes it and not a token is computed in vain.
 */
final class AnswerSink implements TokenSink {

    private final int choice;
    private final int maxTokens;
    private final StreamDecoder decoder;
    private final StopMatcher stops;
    private final Optional<TokenScores> scores;
    private final Consumer<AnswerEvent> events;

    private int decodedLength;
    private int releasedLength;

    /** Text of the last token, which goes out with the end: the count of tokens then rises with every event. */
    private String last = "";

    AnswerSink(
            int choice,
            GenerationRequest request,
            StopStrings stopStrings,
            Tokenizer tokenizer,
            Consumer<AnswerEvent> events) {
        this.choice = choice;
        this.maxTokens = request.maxTokens();
        this.decoder = new StreamDecoder(tokenizer);
        this.stops = stopStrings.matcher();
        this.scores = request.topLogprobs() == GenerationRequest.NO_LOGPROBS
                ? Optional.empty()
                : Optional.of(new TokenScores(tokenizer));
        this.events = events;
    }

    @Override
    public boolean token(GeneratedToken token) {
        String piece = decoder.accept(token.tokenId());
        scores.ifPresent(kept -> kept.add(token, decodedLength));
        decodedLength += piece.length();
        String text = stops.accept(piece);
        boolean stopped = stops.matched().isPresent();
        int count = token.index() + 1;
        if (stopped || count == maxTokens) {
            last = text;
        } else if (!text.isEmpty()) {
            releasedLength += text.length();
            events.accept(new AnswerEvent.Delta(choice, text, scoresBefore(releasedLength), count));
        }
        return !stopped;
    }

    @Override
    public void ended(FinishReason reason, GenerationUsage usage) {
        String text = last + stops.accept(decoder.flush()) + stops.flush();
        releasedLength += text.length();
        int end = stops.matched().isPresent() ? releasedLength : Integer.MAX_VALUE;
        events.accept(new AnswerEvent.Ended(choice, text, scoresBefore(end), reason, usage, stops.matched()));
    }

    private List<ScoredToken> scoresBefore(int endOffset) {
        return scores.map(kept -> kept.takeBefore(endOffset)).orElse(List.of());
    }
}
