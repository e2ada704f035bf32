package io.vitrine.server.inference;

import java.util.Arrays;

import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.server.api.Usage;

/** Counts the tokens of a request while it runs. For one thread. */
final class UsageTally {

    private final GenerationPlan plan;
    private final int[] generated;
    private final int[] cachedByPrompt;
    private final int[] computedByPrompt;

    UsageTally(GenerationPlan plan) {
        this.plan = plan;
        this.generated = new int[plan.sequences().size()];
        this.cachedByPrompt = new int[plan.prompts().size()];
        this.computedByPrompt = new int[plan.prompts().size()];
    }

    void count(AnswerEvent event) {
        if (event instanceof AnswerEvent.Delta delta) {
            generated[delta.choice()] = delta.generatedTokens();
        } else if (event instanceof AnswerEvent.Ended ended) {
            generated[ended.choice()] = ended.usage().generatedTokens();
            // Several answers to a prompt share it, and usage counts it once: as far as the furthest of them came, with
            // what the first of them found in the cache.
            int prompt = plan.promptIndex(ended.choice());
            computedByPrompt[prompt] =
                    Math.max(computedByPrompt[prompt], ended.usage().promptTokens());
            if (ended.choice() % plan.options().choices() == 0) {
                cachedByPrompt[prompt] = ended.usage().cachedTokens();
            }
        }
    }

    Usage usage() {
        int prompt = plan.prompts().stream()
                .mapToInt(GenerationPlan.Prompt::tokenCount)
                .sum();
        return Usage.of(
                prompt,
                Arrays.stream(cachedByPrompt).sum(),
                Arrays.stream(generated).sum());
    }

    /** What was computed or found in the cache, whatever became of the answers; once all have ended. */
    Tokens computed() {
        int prompt = Arrays.stream(computedByPrompt).sum();
        return new Tokens(
                prompt,
                Arrays.stream(generated).sum(),
                Math.min(prompt, Arrays.stream(cachedByPrompt).sum()));
    }
}
