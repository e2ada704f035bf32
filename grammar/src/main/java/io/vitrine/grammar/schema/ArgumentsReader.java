package io.vitrine.grammar.schema;

import java.util.HashSet;
import java.util.Set;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.cfg.Rule;

/** Reads the schema of a function's parameters, which describes one object: its arguments. */
public final class ArgumentsReader {

    private static final int MAX_REFERENCES = 16;

    /** Relaxations of one schema; far more than a schema of some kilobytes has unsupported keywords. */
    private static final int MAX_RELAXATIONS = 200;

    /** A fault in one of these is a malformed schema, or one beyond a limit, and not a keyword to do without. */
    private static final Set<String> ESSENTIAL = Set.of(
            "type",
            "properties",
            "required",
            "enum",
            "const",
            "$ref",
            "$id",
            "allOf",
            "anyOf",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "minLength",
            "maxLength",
            "prefixItems",
            "minItems",
            "maxItems",
            "maxProperties",
            "additionalProperties",
            "schema",
            "limit",
            "grammar");

    private ArgumentsReader() {}

    /**
     * The start rule of a function's arguments.
     *
     * @param schema of an object
     * @param strict whether an unsupported keyword is refused; otherwise arguments need not satisfy it
     * @throws GrammarException with the keyword and the JSON pointer of its subschema
     */
    public static Rule read(
            String schema,
            boolean strict,
            Notation notation,
            WhiteSpace whiteSpace,
            Languages languages,
            GrammarLimits limits) {
        ObjectNode root = object(schema, limits);
        Set<String> texts = texts(root);
        for (int relaxed = 0; ; relaxed++) {
            try {
                return SchemaReader.arguments(root.toString(), notation, texts, whiteSpace, languages, limits);
            } catch (GrammarException e) {
                if (strict || relaxed == MAX_RELAXATIONS || !relax(root, e)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Parameters whose values are strings only, by the wording of the schema: {@code type} is {@code string}, or there
     * is
     * none and {@code enum} or {@code const} hold strings. What cannot be read has none.
     */
    public static Set<String> textParameters(String schema, GrammarLimits limits) {
        return texts(object(schema, limits));
    }

    private static ObjectNode object(String schema, GrammarLimits limits) {
        if (!(SchemaDocument.parse(schema, limits).root() instanceof ObjectNode root)) {
            throw new GrammarException("schema", "", "the schema of parameters must be a JSON object");
        }
        JsonNode type = root.path("type");
        if (type.isMissingNode()) {
            root.put("type", "object");
        } else if (!type.asText().equals("object")) {
            throw new GrammarException("type", "", "parameters must have the type object");
        }
        return root;
    }

    /** Removes an unsupported keyword; {@code oneOf} becomes {@code anyOf}, which admits more. */
    private static boolean relax(ObjectNode root, GrammarException fault) {
        JsonNode at = root.at(JsonPointer.compile(fault.pointer()));
        if (ESSENTIAL.contains(fault.keyword()) || !(at instanceof ObjectNode schema) || !schema.has(fault.keyword())) {
            return false;
        }
        JsonNode removed = schema.remove(fault.keyword());
        if (fault.keyword().equals("oneOf") && !schema.has("anyOf")) {
            schema.set("anyOf", removed);
        }
        return true;
    }

    private static Set<String> texts(ObjectNode root) {
        Set<String> names = new HashSet<>();
        root.path("properties").properties().forEach(property -> {
            if (isText(root, property.getValue())) {
                names.add(property.getKey());
            }
        });
        return names;
    }

    private static boolean isText(ObjectNode root, JsonNode schema) {
        JsonNode at = schema;
        for (int hops = 0; hops < MAX_REFERENCES && at.path("$ref").asText().startsWith("#/"); hops++) {
            at = root.at(JsonPointer.compile(at.path("$ref").asText().substring(1)));
        }
        if (at.has("type")) {
            return at.path("type").asText().equals("string");
        }
        JsonNode values = at.path("enum");
        if (values.isEmpty()) {
            return at.path("const").isTextual();
        }
        for (JsonNode value : values) {
            if (!value.isTextual()) {
                return false;
            }
        }
        return true;
    }
}
