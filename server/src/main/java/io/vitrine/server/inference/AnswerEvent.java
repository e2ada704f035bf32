package io.vitrine.server.inference;

import java.util.List;
import java.util.Optional;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationUsage;

/** What happens to one choice of an answer: some {@link Delta}s, then one {@link Ended}. */
public sealed interface AnswerEvent {

    /** Which choice, from 0. */
    int choice();

    /** Text it gained; may be empty. */
    String text();

    /** The tokens of that text with their log-probabilities; empty if those were not asked for. */
    List<ScoredToken> tokens();

    /**
     * More text.
     *
     * @param generatedTokens tokens of the choice so far
     */
    record Delta(int choice, String text, List<ScoredToken> tokens, int generatedTokens) implements AnswerEvent {}

    /**
     * The rest of the text, and the end.
     *
     * @param stopString the one that ended it, which is not part of the text
     */
    record Ended(
            int choice,
            String text,
            List<ScoredToken> tokens,
            FinishReason reason,
            GenerationUsage usage,
            Optional<String> stopString)
            implements AnswerEvent {}
}
