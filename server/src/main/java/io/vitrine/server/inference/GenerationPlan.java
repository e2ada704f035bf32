package io.vitrine.server.inference;

import java.util.List;

import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.observability.Route;
import io.vitrine.server.api.GenerationOptions;
import io.vitrine.server.api.Usage;

/**
 * A request checked against the model and ready for its engine. Choices are numbered prompt by prompt: with {@code n}
 * answers to each, choice {@code i} answers prompt {@code i / n}.
 *
 * @param sequences what the engine is asked for, by choice
 */
public record GenerationPlan(
        Route route,
        ServedModel model,
        List<Prompt> prompts,
        GenerationOptions options,
        List<GenerationRequest> sequences) {

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

    int promptIndex(int choice) {
        return choice / options.choices();
    }
}
