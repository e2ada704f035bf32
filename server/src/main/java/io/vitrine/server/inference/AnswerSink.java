package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

import io.vitrine.grammar.tools.AnswerParser;
import io.vitrine.grammar.tools.AnswerPart;
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
import io.vitrine.observability.ToolCalls;
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
    private final Tokenizer tokenizer;
    private final AnswerReading reading;
    private final @Nullable AnswerParser parser;
    private final StreamDecoder decoder;
    private final StopMatcher stops;
    private final Optional<TokenScores> scores;
    private final Consumer<AnswerEvent> events;
    /** Until they are released; null if they are, or nobody asks for them. */
    private @Nullable PromptScores promptScores;

    private OptionalInt stopTokenId = OptionalInt.empty();

    private int decodedLength;
    private int releasedLength;

    /** What the last token gave goes out with the end: the count of tokens then rises with every event. */
    private final StringBuilder text = new StringBuilder();

    private List<AnswerPart> parts = new ArrayList<>();

    AnswerSink(
            int choice,
            GenerationRequest request,
            AnswerReading reading,
            Stops wanted,
            StopStrings stopStrings,
            Tokenizer tokenizer,
            Consumer<AnswerEvent> events) {
        this.choice = choice;
        this.minTokens = request.minTokens();
        this.wanted = wanted;
        this.tokenizer = tokenizer;
        this.reading = reading;
        this.parser = reading.hasParts() ? reading.parser() : null;
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
        String piece = decoder.accept(reading.bytes(tokenizer, token.tokenId()));
        scores.ifPresent(kept -> kept.add(token, decodedLength));
        decodedLength += piece.length();
        int count = token.index() + 1;
        read(piece, count > minTokens);
        boolean stopped = stops.matched().isPresent();
        if (stopped && wanted.included()) {
            addText(stops.matched().get());
        }
        if (!stopped && count != maxTokens && !(text.isEmpty() && parts.isEmpty())) {
            String released = takeText();
            events.accept(new AnswerEvent.Delta(choice, released, takeParts(), scoresBefore(releasedEnd()), count));
        }
        return !stopped;
    }

    /** @param stoppable whether stop strings are looked for; up to the shortest answer asked for, they are not */
    private void read(String piece, boolean stoppable) {
        if (parser == null) {
            addText(stoppable ? stops.accept(piece) : piece);
        } else {
            parser.accept(piece).forEach(part -> read(part, stoppable));
        }
    }

    /** Stop strings are looked for in text alone: arguments may well contain one. */
    private void read(AnswerPart part, boolean stoppable) {
        if (stops.matched().isPresent()) {
            return;
        }
        if (part instanceof AnswerPart.Text plain) {
            addText(stoppable ? stops.accept(plain.text()) : plain.text());
        } else {
            addText(stops.flush());
            parts.add(part);
        }
    }

    private void addText(String more) {
        text.append(more);
        releasedLength += more.length();
        if (parser != null && !more.isEmpty()) {
            parts.add(new AnswerPart.Text(more));
        }
    }

    private String takeText() {
        String taken = text.toString();
        text.setLength(0);
        return taken;
    }

    private List<AnswerPart> takeParts() {
        List<AnswerPart> taken = parts;
        parts = new ArrayList<>();
        return taken;
    }

    /** Up to where tokens are released: with reasoning or calls, all that were drawn. */
    private int releasedEnd() {
        return parser == null ? releasedLength : decodedLength;
    }

    @Override
    public void endOfText(int tokenId) {
        if (wanted.tokenIds().contains(tokenId)) {
            stopTokenId = OptionalInt.of(tokenId);
            if (wanted.included()) {
                addText(stops.flush() + decoder.accept(tokenId));
            }
        }
    }

    @Override
    public void ended(FinishReason reason, GenerationUsage usage) {
        tellPrompt();
        read(decoder.flush(), true);
        if (parser != null) {
            parser.finish().forEach(part -> read(part, true));
        }
        addText(stops.flush());
        int end = stops.matched().isPresent() ? releasedEnd() : Integer.MAX_VALUE;
        String rest = takeText();
        events.accept(new AnswerEvent.Ended(
                choice,
                rest,
                takeParts(),
                scoresBefore(end),
                reason,
                usage,
                stops.matched(),
                stopTokenId,
                toolCalls()));
    }

    private ToolCalls toolCalls() {
        return parser == null
                ? ToolCalls.NONE
                : new ToolCalls(
                        parser.completedCalls(),
                        parser.startedCalls() - parser.completedCalls(),
                        parser.isMalformed() ? 1 : 0);
    }

    private List<ScoredToken> scoresBefore(int endOffset) {
        return scores.map(kept -> kept.takeBefore(endOffset)).orElse(List.of());
    }
}
