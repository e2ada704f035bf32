package io.vitrine.server.inference;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationUsage;

/** What happens to one choice: a {@link Prompt} if asked for, some {@link Delta}s, then one {@link Ended}. */
public sealed interface AnswerEvent {

    /** Which choice, from 0. */
    int choice();

    /** Text it gained; may be empty. */
    String text();

    /** The tokens of that text with their log-probabilities; empty if those were not asked for. */
    List<ScoredToken> tokens();

    /** The tokens of the choice's prompt, as likely as the model found them. */
    record Prompt(int choice, List<PromptScore> scores) implements AnswerEvent {

        @Override
        public String text() {
            return "";
        }

        @Override
        public List<ScoredToken> tokens() {
            return List.of();
        }
    }

    /**
     * More text.
     *
     * @param generatedTokens tokens of the choice so far
     */
    record Delta(int choice, String text, List<ScoredToken> tokens, int generatedTokens) implements AnswerEvent {}

    /**
     * The rest of the text, and the end.
     *
     * @param stopString the one that ended it; part of the text only if asked for
     * @param stopTokenId the stop token of the request's that ended it
     */
    record Ended(
            int choice,
            String text,
            List<ScoredToken> tokens,
            FinishReason reason,
            GenerationUsage usage,
            Optional<String> stopString,
            OptionalInt stopTokenId)
            implements AnswerEvent {}
}
