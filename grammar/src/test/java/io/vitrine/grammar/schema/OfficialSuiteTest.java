package io.vitrine.grammar.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import io.vitrine.grammar.mask.Matcher;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The official JSON Schema test suite: a schema is compiled exactly, or refused by the name of a keyword. */
class OfficialSuiteTest {

    private static final List<String> FILES = List.of(
            "additionalProperties",
            "allOf",
            "anchor",
            "anyOf",
            "boolean_schema",
            "const",
            "contains",
            "default",
            "defs",
            "dependentRequired",
            "dependentSchemas",
            "dynamicRef",
            "enum",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "if-then-else",
            "infinite-loop-detection",
            "items",
            "maxContains",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minContains",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "multipleOf",
            "not",
            "oneOf",
            "pattern",
            "patternProperties",
            "prefixItems",
            "properties",
            "propertyNames",
            "ref",
            "refRemote",
            "required",
            "type",
            "unevaluatedItems",
            "unevaluatedProperties",
            "uniqueItems");

    /**
     * Schemas that are refused, by keyword. {@code $ref}: to other documents. {@code oneOf}: branches that share
     * values.
     */
    private static final Map<String, Integer> REFUSED = new TreeMap<>(Map.ofEntries(
            Map.entry("$dynamicAnchor", 3),
            Map.entry("$dynamicRef", 10),
            Map.entry("$ref", 22),
            Map.entry("contains", 18),
            Map.entry("dependentRequired", 4),
            Map.entry("dependentSchemas", 7),
            Map.entry("else", 2),
            Map.entry("if", 17),
            Map.entry("maxContains", 1),
            Map.entry("minContains", 1),
            Map.entry("multipleOf", 1),
            Map.entry("not", 11),
            Map.entry("oneOf", 8),
            Map.entry("then", 3),
            Map.entry("unevaluatedItems", 22),
            Map.entry("unevaluatedProperties", 34),
            Map.entry("uniqueItems", 3)));

    @Test
    void acceptsExactlyTheValidInstances() {
        Map<String, Integer> refused = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        int instances = 0;
        for (String file : FILES) {
            for (JsonNode group : read(file)) {
                Predicate<String> grammar;
                try {
                    grammar = compile(group.path("schema").toString());
                } catch (GrammarException e) {
                    refused.merge(e.keyword(), 1, Integer::sum);
                    continue;
                }
                for (JsonNode test : group.path("tests")) {
                    instances++;
                    boolean accepted =
                            Documents.inEveryOrder(test.path("data")).stream().anyMatch(grammar);
                    if (accepted != test.path("valid").asBoolean()) {
                        wrong.add(file + ": " + group.path("description").asText() + ": "
                                + test.path("description").asText() + " " + test.path("data"));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(refused).isEqualTo(REFUSED);
        assertThat(instances).isGreaterThan(590);
    }

    /** Whether a text is a document of the schema. A schema without documents is refused at compilation. */
    private static Predicate<String> compile(String schema) {
        try {
            Matcher start = Grammar.jsonSchema(schema, WhiteSpace.NONE)
                    .compile(Vocabularies.BYTES, GrammarLimits.DEFAULT)
                    .matcher();
            return text -> Vocabularies.accepts(start, text);
        } catch (GrammarException e) {
            if (e.keyword().equals("grammar")) {
                return text -> false;
            }
            throw e;
        }
    }

    private static JsonNode read(String file) {
        String resource = "/io/vitrine/grammar/json-schema-test-suite/" + file + ".json";
        try (InputStream in = OfficialSuiteTest.class.getResourceAsStream(resource)) {
            return Documents.MAPPER.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
