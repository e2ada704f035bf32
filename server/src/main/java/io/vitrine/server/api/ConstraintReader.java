package io.vitrine.server.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.api.StatedConstraint.Kind;

/**
 * Reads what an answer must satisfy, in the dialects of OpenAI ({@code response_format}), vLLM
 * ({@code structured_outputs}, {@code guided_…}) and llama.cpp ({@code json_schema}, {@code grammar}). A request states at most one constraint.
 */
final class ConstraintReader {

    private static final String ANY_OBJECT = "{\"type\":\"object\"}";

    private final JsonFields fields;
    private final int maxChoices;
    private final List<StatedConstraint> found = new ArrayList<>();

    private ConstraintReader(JsonFields fields, int maxChoices) {
        this.fields = fields;
        this.maxChoices = maxChoices;
    }

    /**
     * The request's constraint; empty if it states none.
     *
     * @param maxChoices most texts to choose from
     * @throws ApiException if one is malformed, or there are several
     */
    static Optional<StatedConstraint> read(JsonFields fields, int maxChoices) {
        var reader = new ConstraintReader(fields, maxChoices);
        reader.responseFormat();
        reader.structuredOutputs();
        stated(fields, "guided_json").ifPresent(schema -> reader.schema(fields, "guided_json", schema, true));
        reader.object(fields, "guided_json_object", true);
        reader.text(fields, "guided_regex", Kind.REGEX);
        reader.choice(fields, "guided_choice");
        reader.text(fields, "guided_grammar", Kind.GRAMMAR);
        stated(fields, "json_schema").ifPresent(schema -> reader.schema(fields, "json_schema", schema, true));
        reader.text(fields, "grammar", Kind.GRAMMAR);
        return reader.only();
    }

    private Optional<StatedConstraint> only() {
        if (found.size() > 1) {
            String second = found.get(1).field();
            throw ApiException.invalid(
                    second,
                    "a request must state one constraint on its answer: it has both "
                            + found.get(0).field() + " and " + second);
        }
        return found.stream().findFirst();
    }

    private void responseFormat() {
        JsonFields format = fields.object("response_format").orElse(null);
        if (format == null) {
            return;
        }
        String type = format.requiredText("type");
        switch (type) {
            case "text" -> {
                // Nothing is asked for.
            }
            // llama.cpp and others take a schema here too.
            case "json_object" -> {
                if (format.value("schema").isPresent()) {
                    schema(format, "schema", format.required("schema"), true);
                } else {
                    add(format.path("type"), Kind.SCHEMA, ANY_OBJECT, true);
                }
            }
            case "json_schema" -> jsonSchemaFormat(format);
            default ->
                throw ApiException.unsupported(
                        format.path("type"),
                        format.path("type") + " must be text, json_object or json_schema: " + JsonFields.cut(type));
        }
    }

    /** Strict or not, the schema is enforced exactly: what cannot be is refused. */
    private void jsonSchemaFormat(JsonFields format) {
        // llama.cpp has the schema beside the type.
        JsonFields described = format.value("schema").isPresent()
                ? format
                : format.object("json_schema").orElseThrow(() -> ApiException.missing(format.path("json_schema")));
        described.value("name").ifPresent(name -> JsonFields.text(described.path("name"), name));
        described.flag("strict");
        schema(described, "schema", described.required("schema"), true);
    }

    private void structuredOutputs() {
        if (stated(fields, "structured_outputs").isEmpty()) {
            return;
        }
        JsonFields outputs = fields.object("structured_outputs").orElseThrow();
        RefusedFields.refuse(RefusedFields.STRUCTURED_OUTPUTS, outputs);
        boolean anyWhiteSpace = !outputs.flag("disable_any_whitespace");
        int before = found.size();
        outputs.value("json").ifPresent(schema -> schema(outputs, "json", schema, anyWhiteSpace));
        object(outputs, "json_object", anyWhiteSpace);
        text(outputs, "regex", Kind.REGEX);
        choice(outputs, "choice");
        text(outputs, "grammar", Kind.GRAMMAR);
        if (found.size() == before) {
            throw ApiException.invalid(
                    "structured_outputs",
                    "structured_outputs must state one of json, json_object, regex, choice and grammar");
        }
    }

    private void schema(JsonFields from, String name, JsonNode schema, boolean anyWhiteSpace) {
        if (!schema.isObject() && !schema.isTextual() && !schema.isBoolean()) {
            throw JsonFields.wrong(from.path(name), "a JSON Schema", schema);
        }
        // vLLM takes a schema as a text too.
        String source = schema.isTextual() ? schema.textValue() : schema.toString();
        UnicodeText.requirePaired(from.path(name), source);
        add(from.path(name), Kind.SCHEMA, source, anyWhiteSpace);
    }

    private void object(JsonFields from, String name, boolean anyWhiteSpace) {
        if (from.flag(name)) {
            add(from.path(name), Kind.SCHEMA, ANY_OBJECT, anyWhiteSpace);
        }
    }

    private void text(JsonFields from, String name, Kind kind) {
        stated(from, name).ifPresent(node -> add(from.path(name), kind, JsonFields.text(from.path(name), node), true));
    }

    private void choice(JsonFields from, String name) {
        if (stated(from, name).isPresent()) {
            List<String> texts = from.textOrTexts(name, maxChoices);
            if (texts.isEmpty()) {
                throw ApiException.invalid(from.path(name), from.path(name) + " must have at least one text");
            }
            found.add(new StatedConstraint(from.path(name), Kind.CHOICE, texts, true));
        }
    }

    private void add(String field, Kind kind, String source, boolean anyWhiteSpace) {
        found.add(new StatedConstraint(field, kind, List.of(source), anyWhiteSpace));
    }

    /** As other servers have it, false and an empty text in a field of the request itself state nothing. */
    private static Optional<JsonNode> stated(JsonFields from, String name) {
        return from.value(name).filter(node -> !NeutralValue.UNSET.holds(node));
    }
}
