package io.vitrine.server.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vitrine.model.text.ChatMessage;
import io.vitrine.model.text.Conversation;

/**
 * Writes tools, calls and their results into plain messages, for chat templates that know none of them: as Hermes and
 * Qwen
 * 2.5 do, whose form most models have seen in training.
 */
public final class HermesPrompt {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String SYSTEM = """
            # Tools

            You may call one or more functions to assist with the user query.

            You are provided with function signatures within <tools></tools> XML tags:
            <tools>
            %s
            </tools>

            For each function call, return a json object with function name and arguments within \
            <tool_call></tool_call> XML tags:
            <tool_call>
            {"name": <function-name>, "arguments": <args-json-object>}
            </tool_call>""";

    private HermesPrompt() {}

    /** The same conversation in messages of texts alone. */
    public static Conversation of(Conversation conversation) {
        List<ChatMessage> plain = new ArrayList<>();
        boolean lastIsResult = false;
        for (ChatMessage message : conversation.messages()) {
            boolean isResult = message.role().equals("tool");
            if (isResult && lastIsResult) {
                ChatMessage before = plain.remove(plain.size() - 1);
                plain.add(new ChatMessage("user", before.content() + "\n" + result(message)));
            } else {
                plain.add(isResult ? new ChatMessage("user", result(message)) : withCalls(message));
            }
            lastIsResult = isResult;
        }
        if (!conversation.tools().isEmpty()) {
            addTools(plain, conversation.tools());
        }
        return new Conversation(plain, List.of(), conversation.variables(), conversation.addGenerationPrompt());
    }

    private static void addTools(List<ChatMessage> messages, List<Object> tools) {
        String text = SYSTEM.formatted(
                String.join("\n", tools.stream().map(HermesPrompt::json).toList()));
        ChatMessage first = messages.get(0);
        if (first.role().equals("system") || first.role().equals("developer")) {
            messages.set(0, new ChatMessage(first.role(), first.content() + "\n\n" + text));
        } else {
            messages.add(0, new ChatMessage("system", text));
        }
    }

    private static String result(ChatMessage message) {
        return "<tool_response>\n" + message.content() + "\n</tool_response>";
    }

    private static ChatMessage withCalls(ChatMessage message) {
        if (!(message.fields().get("tool_calls") instanceof List<?> calls)) {
            return message;
        }
        StringBuilder text = new StringBuilder(message.content());
        for (Object call : calls) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append("<tool_call>\n")
                    .append(json(Objects.requireNonNull(((Map<?, ?>) call).get("function"), "function")))
                    .append("\n</tool_call>");
        }
        return new ChatMessage(message.role(), text.toString());
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("plain values are JSON", e);
        }
    }
}
