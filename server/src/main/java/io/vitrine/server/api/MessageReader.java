package io.vitrine.server.api;

import java.util.ArrayList;
import java.util.List;
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
        return new Message(role, content(fields, role));
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
