package io.vitrine.model.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chat template writes as a prompt. Values are strings, numbers, booleans, null, and lists and mappings of them;
 * all
 * of their texts are data.
 *
 * @param tools functions that the model may call, as OpenAI's API describes them; empty if there are none
 * @param variables further variables of the template, by name; those that the template always has cannot be replaced
 * @param addGenerationPrompt whether the prompt ends where the assistant's answer begins, and not behind the last
 *     message
 */
public record Conversation(
        List<ChatMessage> messages, List<Object> tools, Map<String, Object> variables, boolean addGenerationPrompt) {

    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /** Messages that are to be answered. */
    public static Conversation of(List<ChatMessage> messages) {
        return new Conversation(messages, List.of(), Map.of(), true);
    }
}
