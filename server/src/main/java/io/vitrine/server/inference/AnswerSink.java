package io.vitrine.server.inference;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GeneratedToken;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.GenerationUsage;
import io.vitrine.model.engine.PromptToken;
import io.vitrine.model.engine.TokenSink;
import io.vitrine.model.text.StopMatcher;
import io.vitrine.model.text.StopStrings;
import io.vitrine.model.text.StreamDecoder;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.server.api.GenerationOptions.Stops;
import org.jspecify.annotations.Nullable;

/**
 * Turns the tokens of one choice into text, on the engine thread, so that a stop string ends the answer within the step
 * that completes it and not a token is computed in vain.
 */
final class AnswerSink implements TokenSink {

    private final int choice;
    private final int minTokens;
    private final int maxTokens;
    private final Stops wanted;
    private final StreamDecoder decoder;
    private final StopMatcher stops;
    private final Optional<TokenScores> scores;
    private final Consumer<AnswerEvent> events;
    /** Until they are told; null if they are, or nobody asks for them. */
    private @Nullable PromptScores promptScores;

    private OptionalInt stopTokenId = OptionalInt.empty();

    private int decodedLength;
    private int releasedLength;

    /** Text of the last token, which goes out with the end: the count of tokens then rises with every event. */
    private String last = "";

    AnswerSink(
            int choice,
            GenerationRequest request,
            Stops wanted,
            StopStrings stopStrings,
            Tokenizer tokenizer,
            Consumer<AnswerEvent> events) {
        this.choice = choice;
        this.minTokens = request.minTokens();
        this.wanted = wanted;
        this.promptScores = request.scoresPrompt() ? new PromptScores(tokenizer, request.promptTokens()[0]) : null;
        this.maxTokens = request.maxTokens();
        this.decoder = new StreamDecoder(tokenizer);
        this.stops = stopStrings.matcher();
        this.scores = request.topLogprobs() == GenerationRequest.NO_LOGPROBS
                ? Optional.empty()
                : Optional.of(new TokenScores(tokenizer));
        this.events = events;
    }

    @Override
    public void promptToken(PromptToken token) {
        if (promptScores != null) {
            promptScores.add(token);
        }
    }

    private void tellPrompt() {
        if (promptScores != null) {
            events.accept(new AnswerEvent.Prompt(choice, promptScores.all()));
            promptScores = null;
        }
    }

    @Override
    public boolean token(GeneratedToken token) {
        tellPrompt();
        String piece = decoder.accept(token.tokenId());
        scores.ifPresent(kept -> kept.add(token, decodedLength));
        decodedLength += piece.length();
        int count = token.index() + 1;
        // Up to the shortest answer asked for, nothing is looked at for stop strings.
        String text = count <= minTokens ? piece : stops.accept(piece);
        boolean stopped = stops.matched().isPresent();
        if (stopped && wanted.included()) {
            text += stops.matched().get();
        }
        if (stopped || count == maxTokens) {
            last = text;
        } else if (!text.isEmpty()) {
            releasedLength += text.length();
            events.accept(new AnswerEvent.Delta(choice, text, scoresBefore(releasedLength), count));
        }
        return !stopped;
    }

    @Override
    public void endOfText(int tokenId) {
        if (wanted.tokenIds().contains(tokenId)) {
            stopTokenId = OptionalInt.of(tokenId);
            if (wanted.included()) {
                last = stops.flush() + decoder.accept(tokenId);
            }
        }
    }

    @Override
    public void ended(FinishReason reason, GenerationUsage usage) {
        tellPrompt();
        String text = last + stops.accept(decoder.flush()) + stops.flush();
        releasedLength += text.length();
        int end = stops.matched().isPresent() ? releasedLength : Integer.MAX_VALUE;
        events.accept(
                new AnswerEvent.Ended(choice, text, scoresBefore(end), reason, usage, stops.matched(), stopTokenId));
    }

    private List<ScoredToken> scoresBefore(int endOffset) {
        return scores.map(kept -> kept.takeBefore(endOffset)).orElse(List.of());
    }
}
