package io.vitrine.server.api;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.vitrine.grammar.tools.AnswerForm.Calls;
import io.vitrine.grammar.tools.ToolFunction;
import org.jspecify.annotations.Nullable;

/** Reads {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}. */
final class ToolReader {

    private static final String TOOLS = "tools";
    private static final String CHOICE = "tool_choice";
    private static final String CHOICE_RULE = "\"none\", \"auto\", \"required\" or an object with a type";

    /** OpenAI's meaning of a function without parameters. */
    private static final String NO_PARAMETERS =
            "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}";

    private final JsonFields fields;
    private final int maxTools;

    ToolReader(JsonFields fields, int maxTools) {
        this.fields = fields;
        this.maxTools = maxTools;
    }

    /** Null without tools. */
    @Nullable
    ToolRequest read() {
        boolean parallel = fields.value("parallel_tool_calls").isEmpty() || fields.flag("parallel_tool_calls");
        JsonNode tools = fields.value(TOOLS).orElse(null);
        if (tools == null || (tools.isArray() && tools.isEmpty())) {
            requireNoChoice();
            return null;
        }
        if (!(tools instanceof ArrayNode list)) {
            throw JsonFields.wrong(TOOLS, "a list of tools", tools);
        }
        JsonFields.requireAtMost(TOOLS, list.size(), maxTools);
        List<Object> definitions = new ArrayList<>();
        List<ToolFunction> functions = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int index = 0; index < list.size(); index++) {
            JsonFields tool = JsonFields.element(TOOLS, index, list.get(index));
            ToolFunction function = function(tool, index);
            if (!names.add(function.name())) {
                String path = TOOLS + "[" + index + "].function.name";
                throw ApiException.invalid(path, path + " must not be that of another tool: " + function.name());
            }
            functions.add(function);
            definitions.add(PlainValues.of(list.get(index)));
        }
        return choice(definitions, functions, names, parallel);
    }

    private void requireNoChoice() {
        fields.value(CHOICE).filter(choice -> !choice.asText().equals("none")).ifPresent(choice -> {
            throw ApiException.invalid(CHOICE, CHOICE + " must only be given together with tools");
        });
    }

    private static ToolFunction function(JsonFields tool, int index) {
        requireType(tool, "function");
        JsonFields function = tool.requiredObject("function");
        String name = function.requiredText("name");
        if (!ToolFunction.isName(name)) {
            throw JsonFields.wrong(
                    function.path("name"),
                    "of 1 to " + ToolFunction.MAX_NAME_LENGTH + " characters, all of them letters, digits, _ or -",
                    function.required("name"));
        }
        function.value("description")
                .ifPresent(description -> JsonFields.text(function.path("description"), description));
        JsonNode parameters = function.value("parameters").orElse(null);
        if (parameters != null && !parameters.isObject()) {
            throw JsonFields.wrong(function.path("parameters"), "a JSON Schema of an object", parameters);
        }
        return new ToolFunction(
                name,
                parameters == null ? NO_PARAMETERS : parameters.toString(),
                "/tools/" + index + "/function/parameters",
                function.flag("strict"));
    }

    private static void requireType(JsonFields fields, String type) {
        String given = fields.requiredText("type");
        if (!given.equals(type)) {
            throw ApiException.unsupported(
                    fields.path("type"),
                    fields.path("type") + " must be \"" + type + "\", no other is supported: " + JsonFields.cut(given));
        }
    }

    private ToolRequest choice(
            List<Object> definitions, List<ToolFunction> functions, Set<String> names, boolean parallel) {
        JsonNode choice = fields.value(CHOICE).orElse(null);
        if (choice == null) {
            return new ToolRequest(definitions, functions, names, Calls.POSSIBLE, parallel);
        }
        if (choice.isTextual()) {
            return new ToolRequest(definitions, functions, names, calls(CHOICE, choice, CHOICE_RULE), parallel);
        }
        JsonFields named = fields.object(CHOICE)
                .filter(object -> object.value("type").isPresent())
                .orElseThrow(() -> JsonFields.wrong(CHOICE, CHOICE_RULE, choice));
        if (named.requiredText("type").equals("allowed_tools")) {
            return allowed(named.requiredObject("allowed_tools"), definitions, functions, names, parallel);
        }
        Set<String> callable = Set.of(name(named, names));
        return new ToolRequest(definitions, functions, callable, Calls.REQUIRED, false);
    }

    private static ToolRequest allowed(
            JsonFields allowed,
            List<Object> definitions,
            List<ToolFunction> functions,
            Set<String> names,
            boolean parallel) {
        Calls calls = calls(allowed.path("mode"), allowed.required("mode"), "\"auto\" or \"required\"");
        JsonNode tools = allowed.required("tools");
        if (calls == Calls.NONE || !(tools instanceof ArrayNode list) || list.isEmpty()) {
            throw calls == Calls.NONE
                    ? JsonFields.wrong(allowed.path("mode"), "\"auto\" or \"required\"", allowed.required("mode"))
                    : JsonFields.wrong(allowed.path("tools"), "a list of at least one tool", tools);
        }
        Set<String> callable = new HashSet<>();
        for (int index = 0; index < list.size(); index++) {
            callable.add(name(JsonFields.element(allowed.path("tools"), index, list.get(index)), names));
        }
        return new ToolRequest(definitions, functions, callable, calls, parallel);
    }

    private static String name(JsonFields tool, Set<String> names) {
        requireType(tool, "function");
        JsonFields function = tool.requiredObject("function");
        String name = function.requiredText("name");
        if (!names.contains(name)) {
            throw JsonFields.wrong(function.path("name"), "the name of one of the tools", function.required("name"));
        }
        return name;
    }

    private static Calls calls(String path, JsonNode choice, String rule) {
        return switch (choice.asText()) {
            case "none" -> Calls.NONE;
            case "auto" -> Calls.POSSIBLE;
            case "required" -> Calls.REQUIRED;
            default -> throw JsonFields.wrong(path, rule, choice);
        };
    }
}
