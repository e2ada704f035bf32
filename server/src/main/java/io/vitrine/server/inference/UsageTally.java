package io.vitrine.server.inference;

import java.util.Arrays;

import io.vitrine.server.api.Usage;

/** Counts the tokens of a request while it runs. For one thread. */
final class UsageTally {

    private final GenerationPlan plan;
    private final int[] generated;
    private final int[] cachedByPrompt;

    UsageTally(GenerationPlan plan) {
        this.plan = plan;
        this.generated = new int[plan.sequences().size()];
        this.cachedByPrompt = new int[plan.prompts().size()];
    }

    void count(AnswerEvent event) {
        if (event instanceof AnswerEvent.Delta delta) {
            generated[delta.choice()] = delta.generatedTokens();
        } else if (event instanceof AnswerEvent.Ended ended) {
            generated[ended.choice()] = ended.usage().generatedTokens();
            // Several answers to a prompt share it, and usage counts it once: what its first answer found is told.
            if (ended.choice() % plan.options().choices() == 0) {
                cachedByPrompt[plan.promptIndex(ended.choice())] = ended.usage().cachedTokens();
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
}
