package io.vitrine.server.api;

import java.util.List;
import java.util.OptionalInt;

/**
 * Body of {@code POST /v1/completions}.
 *
 * @param prompts at least one
 * @param echo whether each answer's text begins with its prompt
 * @param promptLogprobs alternatives to each token of the prompt; empty for no log-probabilities of the prompt's own
 */
public record CompletionRequest(
        String model, List<Prompt> prompts, boolean echo, OptionalInt promptLogprobs, GenerationOptions options) {

    public CompletionRequest {
        prompts = List.copyOf(prompts);
    }

    /** Alternatives that must be known of each token of the prompt; empty if nothing needs to be. */
    public OptionalInt scoredPrompt() {
        OptionalInt echoed = echo ? options.topLogprobs() : OptionalInt.empty();
        return promptLogprobs.isPresent() && promptLogprobs.getAsInt() >= echoed.orElse(0) ? promptLogprobs : echoed;
    }

    /** What to continue. */
    public sealed interface Prompt {}

    /** A text, not empty. */
    public record TextPrompt(String text) implements Prompt {}

    /** Token ids, at least one, none negative; whether the model has them is not checked yet. */
    public record TokenPrompt(List<Integer> tokenIds) implements Prompt {

        public TokenPrompt {
            tokenIds = List.copyOf(tokenIds);
        }
    }
}
