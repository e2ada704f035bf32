package io.vitrine.server.api;

import java.util.List;

/** Body of {@code POST /v1/chat/completions}. */
public record ChatRequest(String model, List<Message> messages, GenerationOptions options) {

    public ChatRequest {
        messages = List.copyOf(messages);
    }

    /** One message; the parts of its content, if it came in parts, are joined. */
    public record Message(String role, String content) {}
}
