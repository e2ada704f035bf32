package io.vitrine.grammar.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

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
            "additionalProperties", "allOf", "anchor", "anyOf", "boolean_schema", "const", "contains", "default", "defs",
            "dependentRequired", "dependentSchemas", "dynamicRef", "enum", "exclusiveMaximum", "exclusiveMinimum",
            "if-then-else", "infinite-loop-detection", "items", "maxContains", "maxItems", "maxLength", "maxProperties",
            "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf",
            "pattern", "patternProperties", "prefixItems", "properties", "propertyNames", "ref", "refRemote", "required",
            "type", "unevaluatedItems", "unevaluatedProperties", "uniqueItems");

    @Test
    void acceptsExactlyTheValidInstances() {
        Map<String, Integer> refused = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        int compiled = 0;
        int instances = 0;
        for (String file : FILES) {
            for (JsonNode group : read(file)) {
                String name = file + ": " + group.path("description").asText();
                Matcher start;
                try {
                    start = Grammar.jsonSchema(group.path("schema").toString(), WhiteSpace.NONE)
                            .compile(Vocabularies.BYTES, GrammarLimits.DEFAULT)
                            .matcher();
                } catch (GrammarException e) {
                    refused.merge(e.keyword(), 1, Integer::sum);
                    System.out.println(name+" -> "+e.getMessage());
                    continue;
                }
                compiled++;
                for (JsonNode test : group.path("tests")) {
                    instances++;
                    boolean accepted = Documents.inEveryOrder(test.path("data")).stream()
                            .anyMatch(text -> Vocabularies.accepts(start, text));
                    if (accepted != test.path("valid").asBoolean()) {
                        wrong.add(name + ": " + test.path("description").asText() + " " + test.path("data"));
                    }
                }
            }
        }
        System.out.println(compiled + " " + instances + " " + refused);
        assertThat(wrong).isEmpty();
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
