package io.vitrine.server.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/chat/completions}.
 *
 * @param tools null if it has none
 * @param templateVariables further variables of the chat template, by name
 */
public record ChatRequest(
        String model,
        List<Message> messages,
        @Nullable ToolRequest tools,
        Map<String, Object> templateVariables,
        PromptEnd promptEnd,
        GenerationOptions options) {

    public ChatRequest {
        messages = List.copyOf(messages);
        templateVariables = Collections.unmodifiableMap(new LinkedHashMap<>(templateVariables));
    }

    /**
     * One message; the parts of its content, if it came in parts, are joined.
     *
     * @param fields what else the chat template may look at: {@code name}, {@code tool_calls}, {@code tool_call_id}, {@code
     *     reasoning_content}
     */
    public record Message(String role, String content, Map<String, Object> fields) {

        public Message {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }
}
