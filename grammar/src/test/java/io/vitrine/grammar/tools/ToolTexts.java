package io.vitrine.grammar.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import io.vitrine.grammar.mask.Matcher;
import io.vitrine.grammar.schema.WhiteSpace;
import io.vitrine.grammar.tools.AnswerForm.Calls;
import io.vitrine.grammar.tools.AnswerForm.Reasoning;

/** Functions, answers and what is read from them, for the tests of this package. */
final class ToolTexts {

    static final ObjectMapper JSON = new ObjectMapper();

    static final ToolFunction WEATHER = function("get_weather", """
            {"properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "warm": {"type": "boolean"}},
             "required": ["city"], "additionalProperties": false}""");

    static final ToolFunction NOTE = function("take_note", """
            {"type": "object", "properties": {
               "text": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
               "place": {"type": "object", "properties": {"x": {"type": "number"}, "on": {"type": ["boolean", "null"]}},
                         "additionalProperties": false},
               "kind": {"enum": ["note", "task"]}},
             "required": ["text"], "additionalProperties": false}""");

    static final ToolFunction NOW = function("now", "{\"type\":\"object\",\"additionalProperties\":false}");

    static final List<ToolFunction> ALL = List.of(WEATHER, NOTE, NOW);

    private ToolTexts() {}

    static ToolFunction function(String name, String parameters) {
        return new ToolFunction(name, parameters, "/tools/0/function/parameters", true);
    }

    static AnswerForm form(ToolFormat format, Calls calls) {
        return new AnswerForm(format, ALL, calls, AnswerForm.MAX_CALLS, Reasoning.NONE, false);
    }

    static Matcher matcher(AnswerForm form) {
        return Grammar.answer(form, null, WhiteSpace.DEFAULT)
                .compile(Vocabularies.BYTES, GrammarLimits.DEFAULT)
                .matcher();
    }

    static boolean accepts(AnswerForm form, String answer) {
        return Vocabularies.accepts(matcher(form), answer);
    }

    /** All parts of an answer, those of a kind that follow each other joined. */
    static final class Read {

        private final StringBuilder joined = new StringBuilder();
        private final Map<Integer, String> names = new TreeMap<>();
        private final Map<Integer, StringBuilder> arguments = new TreeMap<>();
        private final List<String> pieces = new ArrayList<>();
        private String last = "";

        void add(List<AnswerPart> parts) {
            for (AnswerPart part : parts) {
                if (part instanceof AnswerPart.Text text) {
                    add("text", text.text());
                } else if (part instanceof AnswerPart.Reasoning reasoning) {
                    add("reasoning", reasoning.text());
                } else if (part instanceof AnswerPart.CallStarted call) {
                    names.put(call.index(), call.name());
                    arguments.put(call.index(), new StringBuilder());
                    add("call " + call.index() + " " + call.name(), "");
                } else if (part instanceof AnswerPart.Arguments piece) {
                    arguments.get(piece.index()).append(piece.json());
                    pieces.add(piece.json());
                    add("arguments " + piece.index(), piece.json());
                }
            }
        }

        private void add(String kind, String text) {
            joined.append(kind.equals(last) ? "" : "\n" + kind + ": ").append(text);
            last = kind;
        }

        /** Everything, in order. */
        String joined() {
            return joined.toString();
        }

        List<String> pieces() {
            return pieces;
        }

        List<String> names() {
            return List.copyOf(names.values());
        }

        List<JsonNode> arguments() {
            return arguments.values().stream()
                    .map(text -> json(text.toString()))
                    .toList();
        }
    }

    static Read read(AnswerForm form, List<String> pieces) {
        AnswerParser parser = new AnswerParser(form, GrammarLimits.DEFAULT);
        Read read = new Read();
        pieces.forEach(piece -> read.add(parser.accept(piece)));
        read.add(parser.finish());
        return read;
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }
}
