package io.vitrine.server.inference;

import java.util.List;
import java.util.Optional;

import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.observability.Route;
import io.vitrine.server.api.GenerationOptions;
import io.vitrine.server.api.Usage;
import io.vitrine.server.constraint.Constraints.Compiled;

/**
 * A request checked against the model and ready for its engine. Choices are numbered prompt by prompt: with {@code n}
 * answers to each, choice {@code i} answers prompt {@code i / n}.
 *
 * @param promptScores what an answer states of the tokens of its prompt
 * @param constraint that every answer satisfies, and how it was compiled
 * @param reading how the tokens of an answer are read
 * @param sequences what the engine is asked for, by choice
 */
public record GenerationPlan(
        Route route,
        ServedModel model,
        List<Prompt> prompts,
        GenerationOptions options,
        PromptScores promptScores,
        Optional<Compiled> constraint,
        AnswerReading reading,
        List<GenerationRequest> sequences) {

    /** An answer that is cut shorter than this to fit a rate would be of little use. */
    private static final int FEWEST_DEFAULT_TOKENS = 16;

    public GenerationPlan {
        prompts = List.copyOf(prompts);
        sequences = List.copyOf(sequences);
    }

    /**
     * One prompt.
     *
     * @param echo what each answer's text begins with; empty unless asked for
     */
    public record Prompt(int tokenCount, String echo) {}

    public Prompt promptOf(int choice) {
        return prompts.get(promptIndex(choice));
    }

    /**
     * Log-probabilities of the prompt's own tokens.
     *
     * @param echoed whether those of an answer begin with them
     * @param listed whether an answer has them apart from its own
     */
    public record PromptScores(boolean echoed, boolean listed) {

        public static final PromptScores NONE = new PromptScores(false, false);
    }

    /** The counts before the first token. */
    public Usage initialUsage() {
        return new UsageTally(this).usage();
    }

    /** Tokens of all prompts, each counted once. */
    public long promptTokens() {
        return prompts.stream().mapToLong(Prompt::tokenCount).sum();
    }

    /** Most tokens that all answers together can have. */
    public long maxAnswerTokens() {
        return sequences.stream().mapToLong(GenerationRequest::maxTokens).sum();
    }

    /** Tokens of all answers together that the plan can be cut to; all of them if the client named the longest answer. */
    public long fewestAnswerTokens() {
        return options.maxTokens().isPresent()
                ? maxAnswerTokens()
                : sequences.stream()
                        .mapToLong(sequence -> Math.min(FEWEST_DEFAULT_TOKENS, sequence.maxTokens()))
                        .sum();
    }

    /** The same with answers of at most so many tokens each, at least 1, if the client did not name the longest. */
    public GenerationPlan withAnswersOf(long tokens) {
        if (options.maxTokens().isPresent()
                || sequences.stream().allMatch(sequence -> sequence.maxTokens() <= tokens)) {
            return this;
        }
        List<GenerationRequest> cut = sequences.stream()
                .map(sequence -> sequence.withMaxTokens((int) Math.min(tokens, sequence.maxTokens())))
                .toList();
        return new GenerationPlan(route, model, prompts, options, promptScores, constraint, reading, cut);
    }

    int promptIndex(int choice) {
        return choice / options.choices();
    }
}
