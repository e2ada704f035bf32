package io.vitrine.grammar.schema;

import java.util.List;

import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import io.vitrine.grammar.mask.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class SchemaTest {

    private static Matcher matcher(String schema, WhiteSpace whiteSpace) {
        return Grammar.jsonSchema(schema, whiteSpace)
                .compile(Vocabularies.BYTES, GrammarLimits.DEFAULT)
                .matcher();
    }

    private static boolean accepts(String schema, String text) {
        return Vocabularies.accepts(matcher(schema, WhiteSpace.NONE), text);
    }

    static List<Arguments> refusals() {
        return List.of(
                arguments("{'not':{}}", "not", ""),
                arguments("{'properties':{'a/b':{'if':{}}}}", "if", "/properties/a~1b"),
                arguments("{'items':{'uniqueItems':true}}", "uniqueItems", "/items"),
                arguments(
                        "{'properties':{'a':{'oneOf':[{'type':'integer'},{'type':'number'}]}}}",
                        "oneOf",
                        "/properties/a"),
                arguments("{'type':'string','format':'color'}", "format", ""),
                arguments("{'type':'number','format':'money'}", "format", ""),
                arguments("{'type':'date'}", "type", ""),
                arguments("{'pattern':'(?=a)'}", "pattern", ""),
                arguments("{'patternProperties':{'(':{}}}", "patternProperties", ""),
                arguments("{'$ref':'http://example.com/x'}", "$ref", ""),
                arguments("{'properties':{'a':{'$ref':'#/$defs/missing'}}}", "$ref", "/properties/a"),
                arguments("{'items':[{}]}", "items", ""),
                arguments("{'minLength':-1}", "minLength", ""),
                arguments("{'maxItems':1.5}", "maxItems", ""),
                arguments("{'minItems':999999999}", "minItems", ""),
                arguments("{'multipleOf':0}", "multipleOf", ""),
                arguments("{'multipleOf':1234567}", "multipleOf", ""),
                arguments("{'minProperties':2}", "minProperties", ""),
                arguments("{'required':'a'}", "required", ""),
                arguments("{'anyOf':{}}", "anyOf", ""),
                arguments("{'colour':'red'}", "colour", ""),
                arguments("{'properties':{'a':7}}", "schema", "/properties/a"),
                arguments("{'allOf':[{'type':'string'},{'type':'null'}]}", "grammar", ""),
                arguments("{'a':1,'a':2}", "schema", ""),
                arguments("{'type'", "schema", ""),
                arguments("{} {}", "schema", ""),
                arguments("", "schema", ""));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void namesWhatItRefusesAndWhere(String schema, String keyword, String pointer) {
        assertThatThrownBy(() -> matcher(schema.replace('\'', '"'), WhiteSpace.NONE))
                .isInstanceOfSatisfying(GrammarException.class, e -> {
                    assertThat(e.keyword()).isEqualTo(keyword);
                    assertThat(e.pointer()).isEqualTo(pointer);
                    assertThat(e).message().isNotBlank();
                });
    }

    static List<Arguments> formats() {
        return List.of(
                arguments("date", "2024-02-29;2023-12-31", "2023-02-29;1900-02-29;2024-13-01;24-01-01"),
                arguments("time", "23:59:59Z;00:00:00.123+05:30", "24:00:00Z;12:00:00;1:00:00Z"),
                arguments(
                        "date-time",
                        "2024-02-29T12:00:00Z;2000-02-29t00:00:00-01:00",
                        "2024-02-30T12:00:00Z;2024-01-01"),
                arguments("duration", "P1Y2M3DT4H5M6S;P4W;PT1M", "P;PT;P1;P1D2H"),
                arguments("email", "a.b+c@example.com;x@y", "a@;@b;a..b@c;a b@c"),
                arguments("hostname", "a;a-b.example.com;1.2", "-a;a-;a..b;ab--c;a_b"),
                arguments("ipv4", "0.0.0.0;255.249.199.99", "256.0.0.0;01.0.0.0;1.2.3"),
                arguments(
                        "ipv6",
                        "::;::1;1::;1:2:3:4:5:6:7:8;::ffff:1.2.3.4",
                        ":;1:2:3:4:5:6:7;1::2::3;12345::;::1%eth0"),
                arguments("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08-aa98-11ea-b4aa73b441d16380;g"),
                arguments("uri", "http://u@h:80/p?q#f;urn:a:b;mailto:x@y", "//h/p;/p;http://h h;1a:b;http://[::1"),
                arguments("uri-reference", "/p?q;../a;#f;http://h", "a:b c;\\\\x;%zz"),
                arguments("json-pointer", "/a~1b/0;''", "a;/~2"),
                arguments("relative-json-pointer", "1/a;0#", "/a;-1"));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void formatsAreEnforced(String format, String valid, String invalid) {
        String schema = "{\"type\":\"string\",\"format\":\"" + format + "\"}";
        for (String text : valid.split(";", -1)) {
            assertThat(accepts(schema, "\"" + text.replace("''", "") + "\""))
                    .as(text)
                    .isTrue();
        }
        for (String text : invalid.split(";", -1)) {
            assertThat(accepts(schema, "\"" + text + "\"")).as(text).isFalse();
        }
    }

    @Test
    void whiteSpaceIsOptionalAndBounded() {
        Matcher start = matcher("{\"type\":\"object\"}", new WhiteSpace(2, 4));
        for (String text : List.of(
                "{}", "{\n    \"a\" : 1,\r\n\t\"b\": [1, 2],\"c\":[ ],\n\"d\":{\n}}", "{  \"a\":1  }", "{\"a\":1\n}")) {
            assertThat(Vocabularies.accepts(start, text)).as(text).isTrue();
        }
        for (String text : List.of("{   \"a\":1}", "{\n     \"a\":1}", "{\n\n\"a\":1}", " {}", "{} ", "{\"a\" \n:1}")) {
            assertThat(Vocabularies.accepts(start, text)).as(text).isFalse();
        }
    }

    @Test
    void namesCannotRepeatInAnySpelling() {
        String schema = "{\"properties\":{\"a\":{\"type\":\"integer\"}}}";
        assertThat(accepts(schema, "{\"a\":1,\"b\":2}")).isTrue();
        for (String text : List.of("{\"a\":1,\"a\":2}", "{\"b\":1,\"a\":2}", "{\"\\u0061\":\"x\"}")) {
            assertThat(accepts(schema, text)).as(text).isFalse();
        }
    }

    @Test
    void propertiesKeepTheOrderOfTheSchema() {
        String schema =
                "{\"properties\":{\"z\":{},\"a\":{}},\"required\":[\"m\",\"a\"],\"additionalProperties\":{\"type\":\"null\"}}";
        assertThat(accepts(schema, "{\"z\":1,\"a\":2,\"m\":null,\"x\":null}")).isTrue();
        assertThat(accepts(schema, "{\"a\":2,\"m\":null}")).isTrue();
        assertThat(accepts(schema, "{\"a\":2,\"z\":1,\"m\":null}")).isFalse();
        assertThat(accepts(schema, "{\"m\":null,\"a\":2}")).isFalse();
    }

    @Test
    void countersReachTheirBoundsExactly() {
        String strings = "{\"type\":\"string\",\"minLength\":999,\"maxLength\":1000}";
        assertThat(accepts(strings, "\"" + "é".repeat(998) + "\"")).isFalse();
        assertThat(accepts(strings, "\"" + "é".repeat(999) + "\"")).isTrue();
        assertThat(accepts(strings, "\"" + "\\u00e9".repeat(1_000) + "\"")).isTrue();
        assertThat(accepts(strings, "\"" + "é".repeat(1_001) + "\"")).isFalse();
        String arrays = "{\"type\":\"array\",\"items\":{\"type\":\"array\"},\"minItems\":1000,\"maxItems\":1001}";
        assertThat(accepts(arrays, "[" + "[],".repeat(998) + "[]]")).isFalse();
        assertThat(accepts(arrays, "[" + "[],".repeat(1_000) + "[]]")).isTrue();
        assertThat(accepts(arrays, "[" + "[],".repeat(1_001) + "[]]")).isFalse();
    }

    @Test
    void recursiveSchemasOfTwoPartsAreIntersectedLazily() {
        String schema = """
                {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}], "$defs": {
                  "a": {"type": "object", "properties": {"n": {"$ref": "#/$defs/a"}, "x": {"type": "integer"}}},
                  "b": {"type": "object", "properties": {"n": {"$ref": "#/$defs/b"}, "x": {"minimum": 3}}}}}
                """;
        assertThat(accepts(schema, "{\"n\":{\"n\":{\"x\":3}},\"x\":4}")).isTrue();
        assertThat(accepts(schema, "{\"n\":{\"n\":{\"x\":2}},\"x\":4}")).isFalse();
    }

    @Test
    void oneOfIsAcceptedWhereADiscriminatorSeparatesItsBranches() {
        String schema = """
                {"oneOf": [
                  {"type": "object", "properties": {"kind": {"const": "a"}, "v": {"type": "integer"}}, "required": ["kind"]},
                  {"type": "object", "properties": {"kind": {"const": "b"}, "v": {"type": "string"}}, "required": ["kind"]},
                  {"type": "string", "maxLength": 2}, {"type": "string", "minLength": 3}]}
                """;
        assertThat(accepts(schema, "{\"kind\":\"a\",\"v\":1}")).isTrue();
        assertThat(accepts(schema, "{\"kind\":\"b\",\"v\":1}")).isFalse();
        assertThat(accepts(schema, "\"abc\"")).isTrue();
    }

    @Test
    void int32AndInt64AreRanges() {
        assertThat(accepts("{\"type\":\"integer\",\"format\":\"int32\"}", "2147483647"))
                .isTrue();
        assertThat(accepts("{\"type\":\"integer\",\"format\":\"int32\"}", "2147483648"))
                .isFalse();
        assertThat(accepts("{\"type\":\"integer\",\"format\":\"int64\"}", "-9223372036854775808"))
                .isTrue();
        assertThat(accepts("{\"type\":\"number\",\"format\":\"double\"}", "1.5e10"))
                .isTrue();
    }
}
