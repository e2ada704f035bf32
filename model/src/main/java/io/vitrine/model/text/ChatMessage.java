package io.vitrine.model.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One message of a conversation, as the chat template sees it.
 *
 * @param content empty if there is none
 * @param fields what else the template may look at, such as {@code tool_calls}: strings, numbers, booleans, and lists and
 *     mappings of them
 */
public record ChatMessage(String role, String content, Map<String, Object> fields) {

    public ChatMessage {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** A message of a text only. */
    public ChatMessage(String role, String content) {
        this(role, content, Map.of());
    }
}
