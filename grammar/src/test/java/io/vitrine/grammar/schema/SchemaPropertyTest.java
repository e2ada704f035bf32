package io.vitrine.grammar.schema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import io.vitrine.grammar.mask.CompiledGrammar;
import io.vitrine.grammar.mask.Matcher;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

import static org.assertj.core.api.Assertions.assertThat;

/** Random schemas, with {@code com.networknt:json-schema-validator} as the oracle. */
class SchemaPropertyTest {

    private static final int MAX_TOKENS = 4_000;

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    @Property(tries = 600)
    void acceptsWhatTheValidatorAccepts(@ForAll("schemas") String schema, @ForAll("values") List<String> values)
            throws Exception {
        Schema oracle = registry.getSchema(schema);
        Matcher start = compile(schema);
        for (String value : values) {
            JsonNode instance = Documents.MAPPER.readTree(value);
            boolean accepted = start != null
                    && Documents.inEveryOrder(instance).stream().anyMatch(text -> Vocabularies.accepts(start, text));
            boolean valid = isValid(oracle, instance);
            if (accepted || !Documents.hasOrdersBeyondTheLimit(instance)) {
                assertThat(accepted).as("%s for %s", value, schema).isEqualTo(valid);
            }
        }
    }

    @Property(tries = 600)
    void generatesValidDocuments(@ForAll("schemas") String schema, @ForAll long seed) throws Exception {
        Matcher matcher = compile(schema);
        if (matcher == null) {
            return;
        }
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        long[] mask = new long[Vocabularies.BYTES.maskWords()];
        for (int i = 0; i < MAX_TOKENS && !matcher.isEnded(); i++) {
            matcher.mask(mask);
            int token = choose(mask, random, i);
            assertThat(matcher.accept(token)).isTrue();
            text.append(matcher.isEnded() ? "" : (char) token);
        }
        if (matcher.isEnded()) {
            byte[] utf8 = text.toString().getBytes(StandardCharsets.ISO_8859_1);
            JsonNode document = Documents.MAPPER.readTree(utf8);
            assertThat(isValid(registry.getSchema(schema), document))
                    .as("%s for %s", document, schema)
                    .isTrue();
        }
    }

    /** Closing bytes are preferred more and more, so that documents end. */
    private static int choose(long[] mask, Random random, int length) {
        List<Integer> allowed = new ArrayList<>();
        List<Integer> closing = new ArrayList<>();
        for (int token = 0; token <= 256; token++) {
            if (((mask[token >> 6] >>> (token & 63)) & 1) != 0) {
                allowed.add(token);
                if (token == 256 || token == '}' || token == ']' || token == '"') {
                    closing.add(token);
                }
            }
        }
        List<Integer> from = !closing.isEmpty() && random.nextInt(40 + length) > 30 ? closing : allowed;
        return from.get(random.nextInt(from.size()));
    }

    private static Matcher compile(String schema) {
        try {
            CompiledGrammar compiled =
                    Grammar.jsonSchema(schema, WhiteSpace.NONE).compile(Vocabularies.BYTES, GrammarLimits.DEFAULT);
            return compiled.matcher();
        } catch (GrammarException e) {
            // The only refusal that these schemas may meet: nothing satisfies them.
            assertThat(e).as(schema).hasMessageContaining("no text satisfies");
            return null;
        }
    }

    private static boolean isValid(Schema schema, JsonNode instance) {
        return schema.validate(instance).isEmpty();
    }

    @Provide
    Arbitrary<List<String>> values() {
        return value(2).list().ofSize(25);
    }

    private Arbitrary<String> value(int depth) {
        Arbitrary<String> scalar = Arbitraries.of(
                "null",
                "true",
                "false",
                "0",
                "1",
                "-1",
                "2",
                "3",
                "5",
                "10",
                "1.5",
                "-2.5",
                "0.25",
                "\"\"",
                "\"a\"",
                "\"b\"",
                "\"ab\"",
                "\"abc\"",
                "\"é€\"",
                "\"😀\"",
                "\"a1\"",
                "\"\\n\\\"\"",
                "\"2024-02-29\"",
                "\"2023-02-29\"");
        if (depth == 0) {
            return scalar;
        }
        Arbitrary<String> array = value(depth - 1).list().ofMaxSize(4).map(elements -> elements.stream()
                .collect(Collectors.joining(",", "[", "]")));
        Arbitrary<String> object = Arbitraries.maps(names(), value(depth - 1))
                .ofMaxSize(3)
                .map(properties -> properties.entrySet().stream()
                        .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                        .collect(Collectors.joining(",", "{", "}")));
        return Arbitraries.frequencyOf(Tuple.of(2, scalar), Tuple.of(2, array), Tuple.of(3, object));
    }

    private static Arbitrary<String> names() {
        return Arbitraries.of("a", "b", "ab", "a1", "x-y", "é");
    }

    @Provide
    Arbitrary<String> schemas() {
        return schema(3)
                .map(schema -> schema.equals("true")
                        ? "{\"$defs\":{\"r\":true}}"
                        : "{\"$defs\":{\"r\":{\"type\":[\"object\",\"null\"],\"properties\":{\"a\":{\"$ref\":\"#/$defs/r\"}}}},\"allOf\":["
                                + schema + "]}");
    }

    private Arbitrary<String> schema(int depth) {
        Arbitrary<String> leaf = keywords(List.of(
                Arbitraries.of(
                        "\"type\":\"integer\"",
                        "\"type\":\"number\"",
                        "\"type\":\"string\"",
                        "\"type\":[\"string\",\"null\"]",
                        "\"type\":[\"integer\",\"boolean\"]",
                        "\"enum\":[1,\"a\",null,[1],{\"a\":1}]",
                        "\"const\":\"ab\"",
                        "\"const\":1.5",
                        "\"type\":\"boolean\"",
                        "\"$ref\":\"#/$defs/r\""),
                Arbitraries.of("\"minimum\":1", "\"minimum\":-1.5", "\"exclusiveMinimum\":0", "\"minimum\":3"),
                Arbitraries.of("\"maximum\":5", "\"maximum\":1.5", "\"exclusiveMaximum\":2"),
                Arbitraries.of("\"multipleOf\":2", "\"multipleOf\":0.5", "\"multipleOf\":0.25"),
                Arbitraries.of("\"minLength\":1", "\"minLength\":2"),
                Arbitraries.of("\"maxLength\":1", "\"maxLength\":2"),
                Arbitraries.of("\"pattern\":\"^a\"", "\"pattern\":\"[0-9]\"", "\"pattern\":\"^.b?$\"")));
        if (depth == 0) {
            return Arbitraries.oneOf(leaf, Arbitraries.of("true", "{}"));
        }
        Arbitrary<String> inner = schema(depth - 1);
        Arbitrary<String> array = keywords(List.of(
                Arbitraries.just("\"type\":\"array\""),
                inner.map(items -> "\"items\":" + items),
                inner.list().ofMinSize(1).ofMaxSize(2).map(list -> "\"prefixItems\":" + list),
                Arbitraries.integers().between(0, 3).map(n -> "\"minItems\":" + n),
                Arbitraries.integers().between(0, 4).map(n -> "\"maxItems\":" + n)));
        Arbitrary<String> object = keywords(List.of(
                Arbitraries.just("\"type\":\"object\""),
                Arbitraries.maps(names(), Arbitraries.oneOf(inner, Arbitraries.of("true", "false")))
                        .ofMaxSize(3)
                        .map(map -> "\"properties\":" + object(map)),
                Arbitraries.maps(Arbitraries.of("^a", "[0-9]", "^x-", "é"), inner)
                        .ofMaxSize(2)
                        .map(map -> "\"patternProperties\":" + object(map)),
                Arbitraries.oneOf(inner, Arbitraries.of("false")).map(other -> "\"additionalProperties\":" + other),
                names().set().ofMaxSize(2).map(set -> "\"required\":" + quoted(set)),
                Arbitraries.integers().between(0, 3).map(n -> "\"maxProperties\":" + n),
                Arbitraries.of("\"minProperties\":1", "\"propertyNames\":{\"maxLength\":2}")));
        Arbitrary<String> combined = Combinators.combine(
                        Arbitraries.of("allOf", "anyOf"),
                        inner.list().ofMinSize(1).ofMaxSize(3))
                .as((keyword, parts) -> "{\"" + keyword + "\":" + parts + "}");
        return Arbitraries.oneOf(leaf, array, object, object, combined);
    }

    /** Each keyword or not. */
    private static Arbitrary<String> keywords(List<Arbitrary<String>> keywords) {
        return Combinators.combine(keywords.stream()
                        .map(keyword -> keyword.injectNull(0.6))
                        .toList())
                .as(chosen -> chosen.stream().filter(Objects::nonNull).collect(Collectors.joining(",", "{", "}")));
    }

    private static String object(Map<String, String> members) {
        return members.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quoted(Set<String> names) {
        return names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(",", "[", "]"));
    }
}
