package io.vitrine.server.api;

import java.util.List;
import java.util.Map;

import io.vitrine.server.api.ChatRequest.Message;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /tokenize}, as vLLM has it.
 *
 * @param model null for the one that is served
 * @param prompt a text; null if {@code messages} are given
 * @param messages a chat, which the chat template writes; empty if {@code prompt} is given
 * @param tools of the chat, as the chat template sees them
 * @param templateVariables further variables of the chat template
 * @param addGenerationPrompt whether the chat's prompt ends where an answer begins
 * @param addSpecialTokens whether a text gets what the model expects around it
 * @param tokenStrings whether the answer spells the tokens
 */
public record TokenizeRequest(
        @Nullable String model,
        @Nullable String prompt,
        List<Message> messages,
        List<Object> tools,
        Map<String, Object> templateVariables,
        boolean addGenerationPrompt,
        boolean addSpecialTokens,
        boolean tokenStrings) {

    /**
     * Answer of {@code POST /tokenize}.
     *
     * @param tokenStrs null unless asked for
     */
    public record Tokens(
            int count,
            int maxModelLen,
            List<Integer> tokens,
            @Nullable List<String> tokenStrs) {}

    /** Answer of {@code POST /detokenize}. */
    public record Text(String prompt) {}
}
