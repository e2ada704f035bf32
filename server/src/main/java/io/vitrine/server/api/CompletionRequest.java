package io.vitrine.server.api;

import java.util.List;

/**
 * Body of {@code POST /v1/completions}.
 *
 * @param prompts at least one
 * @param echo whether each answer's text begins with its prompt
 */
public record CompletionRequest(String model, List<Prompt> prompts, boolean echo, GenerationOptions options) {

    public CompletionRequest {
        prompts = List.copyOf(prompts);
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
