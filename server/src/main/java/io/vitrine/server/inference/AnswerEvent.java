package io.vitrine.server.inference;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import io.vitrine.grammar.tools.AnswerPart;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationUsage;
import io.vitrine.observability.ToolCalls;

/** What happens to one choice: a {@link Prompt} if asked for, some {@link Delta}s, then one {@link Ended}. */
public sealed interface AnswerEvent {

    /** Which choice, from 0. */
    int choice();

    /** Text it gained; may be empty. */
    String text();

    /** The tokens of that text with their log-probabilities; empty if those were not asked for. */
    List<ScoredToken> tokens();

    /** Its reasoning, text and calls in order, for answers that may have more than text; empty for others. */
    default List<AnswerPart> parts() {
        return List.of();
    }

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
    record Delta(int choice, String text, List<AnswerPart> parts, List<ScoredToken> tokens, int generatedTokens)
            implements AnswerEvent {}

    /**
     * The rest of the text, and the end.
     *
     * @param stopString the one that ended it; part of the text only if asked for
     * @param stopTokenId the stop token of the request's that ended it
     * @param toolCalls of the whole choice
     */
    record Ended(
            int choice,
            String text,
            List<AnswerPart> parts,
            List<ScoredToken> tokens,
            FinishReason reason,
            GenerationUsage usage,
            Optional<String> stopString,
            OptionalInt stopTokenId,
            ToolCalls toolCalls)
            implements AnswerEvent {}
}
