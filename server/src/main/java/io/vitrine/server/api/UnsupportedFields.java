package io.vitrine.server.api;

import java.util.OptionalInt;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Refuses what would change the answer and is not done: to leave it out in silence would be a wrong answer. A value that
 * asks for nothing (null, an empty list, "none") passes. Fields that nobody knows are ignored, as every server does.
 */
final class UnsupportedFields {

    private UnsupportedFields() {}

    static void refuseInChat(JsonFields fields) {
        refuseUnlessEmpty(fields, "tools");
        refuseUnlessEmpty(fields, "functions");
        refuseUnlessNone(fields, "tool_choice");
        refuseUnlessNone(fields, "function_call");
        refuseUnlessEmpty(fields, "audio");
        refuseResponseFormat(fields);
    }

    static void refuseInMessage(JsonFields message) {
        refuseUnlessEmpty(message, "tool_calls");
        refuseUnlessEmpty(message, "function_call");
    }

    static void refuseInCompletion(JsonFields fields, int choices) {
        refuseUnlessEmpty(fields, "suffix");
        refuseResponseFormat(fields);
        OptionalInt bestOf = fields.integer("best_of", 0, Integer.MAX_VALUE);
        if (bestOf.isPresent() && bestOf.getAsInt() != choices) {
            throw ApiException.unsupported(
                    "best_of", "best_of is not supported yet unless it equals n: " + bestOf.getAsInt());
        }
    }

    private static void refuseResponseFormat(JsonFields fields) {
        fields.object("response_format").ifPresent(format -> {
            String type = format.requiredText("type");
            if (!type.equals("text")) {
                throw ApiException.unsupported(
                        "response_format",
                        "response_format must be of type \"text\", structured output is not supported yet: "
                                + JsonFields.cut(type));
            }
        });
    }

    private static void refuseUnlessEmpty(JsonFields fields, String name) {
        JsonNode value = fields.value(name).orElse(null);
        boolean empty = value == null
                || (value.isContainerNode() && value.isEmpty())
                || (value.isTextual() && value.textValue().isEmpty());
        if (!empty) {
            throw notYet(fields.path(name));
        }
    }

    private static void refuseUnlessNone(JsonFields fields, String name) {
        JsonNode value = fields.value(name).orElse(null);
        if (value != null && !"none".equals(value.textValue())) {
            throw notYet(fields.path(name));
        }
    }

    private static ApiException notYet(String path) {
        return ApiException.unsupported(path, path + " is not supported yet");
    }
}
