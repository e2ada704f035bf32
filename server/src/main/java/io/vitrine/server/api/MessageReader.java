package io.vitrine.server.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.vitrine.server.api.ChatRequest.Message;

/** Reads {@code messages}: a role each, and a content that is a string or a list of text parts. */
final class MessageReader {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");

    private final Set<String> roles;

    /** @param customRoles beside the API's own */
    MessageReader(Set<String> customRoles) {
        this.roles = new TreeSet<>(ROLES);
        roles.addAll(customRoles);
    }

    List<Message> read(JsonNode node) {
        if (!(node instanceof ArrayNode array) || array.isEmpty()) {
            throw JsonFields.wrong("messages", "a list of at least one message", node);
        }
        List<Message> messages = new ArrayList<>(array.size());
        for (int index = 0; index < array.size(); index++) {
            messages.add(message(JsonFields.element("messages", index, array.get(index))));
        }
        return messages;
    }

    private Message message(JsonFields fields) {
        RefusedFields.refuse(RefusedFields.MESSAGE, fields);
        String role = fields.requiredText("role");
        if (!roles.contains(role)) {
            throw JsonFields.wrong(fields.path("role"), "one of " + String.join(", ", roles), fields.required("role"));
        }
        return new Message(role, content(fields, role), further(fields, role));
    }

    private static Map<String, Object> further(JsonFields fields, String role) {
        Map<String, Object> further = new LinkedHashMap<>();
        text(fields, "name", further);
        if (role.equals("tool")) {
            text(fields, "tool_call_id", further);
        }
        if (role.equals("assistant")) {
            text(fields, "reasoning_content", further);
            List<Object> calls = toolCalls(fields);
            if (!calls.isEmpty()) {
                further.put("tool_calls", calls);
            }
        } else {
            RefusedFields.refuse(RefusedFields.CALLS, fields);
        }
        return further;
    }

    private static void text(JsonFields fields, String name, Map<String, Object> further) {
        fields.value(name).ifPresent(value -> further.put(name, JsonFields.text(fields.path(name), value)));
    }

    private static List<Object> toolCalls(JsonFields fields) {
        JsonNode given = fields.value("tool_calls").orElse(null);
        if (given == null) {
            return List.of();
        }
        if (!(given instanceof ArrayNode array)) {
            throw JsonFields.wrong(fields.path("tool_calls"), "a list of calls", given);
        }
        List<Object> calls = new ArrayList<>(array.size());
        for (int index = 0; index < array.size(); index++) {
            calls.add(toolCall(JsonFields.element(fields.path("tool_calls"), index, array.get(index))));
        }
        return calls;
    }

    /** As templates expect a call: its arguments are a mapping, not the text of one. */
    private static Map<String, Object> toolCall(JsonFields call) {
        JsonFields function = call.requiredObject("function");
        Map<String, Object> called = new LinkedHashMap<>();
        called.put("name", function.requiredText("name"));
        called.put("arguments", arguments(function));
        Map<String, Object> whole = new LinkedHashMap<>();
        text(call, "id", whole);
        whole.put("type", "function");
        whole.put("function", called);
        return whole;
    }

    private static Map<String, Object> arguments(JsonFields function) {
        String text = function.requiredText("arguments");
        if (text.isBlank()) {
            return Map.of();
        }
        try {
            return PlainValues.map(ApiJson.readObject(text.getBytes(StandardCharsets.UTF_8)));
        } catch (ApiException e) {
            throw JsonFields.wrong(
                    function.path("arguments"), "the text of a JSON object", function.required("arguments"));
        }
    }

    private static String content(JsonFields fields, String role) {
        // An assistant's turn may have had no text.
        if (role.equals("assistant") && fields.value("content").isEmpty()) {
            return "";
        }
        JsonNode content = fields.required("content");
        if (content instanceof ArrayNode parts) {
            return joined(fields.path("content"), parts);
        }
        if (!content.isTextual()) {
            throw JsonFields.wrong(fields.path("content"), "a string or a list of text parts", content);
        }
        return JsonFields.text(fields.path("content"), content);
    }

    private static String joined(String path, ArrayNode parts) {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < parts.size(); index++) {
            text.append(part(JsonFields.element(path, index, parts.get(index))));
        }
        return text.toString();
    }

    private static String part(JsonFields part) {
        String type = part.requiredText("type");
        if (!type.equals("text")) {
            String path = part.path("type");
            throw ApiException.unsupported(
                    path, path + " must be \"text\", no other is supported yet: " + JsonFields.cut(type));
        }
        return part.requiredText("text");
    }
}
