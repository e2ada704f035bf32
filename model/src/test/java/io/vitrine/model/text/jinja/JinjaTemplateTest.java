package io.vitrine.model.text.jinja;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The resource files say where what is expected comes from: Python's Jinja2, set up as Hugging Face does. */
class JinjaTemplateTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ZonedDateTime NOW = ZonedDateTime.of(2024, 7, 26, 12, 34, 56, 0, ZoneOffset.UTC);

    @Test
    void evaluatesExpressionsAsPythonDoes() {
        JsonNode file = read("jinja-expressions.json");
        Map<String, Object> variables = JSON.convertValue(file.path("variables"), new TypeReference<>() {});
        assertThat(file.path("cases")).hasSizeGreaterThan(150);
        for (JsonNode expected : file.path("cases")) {
            String source = "{{ " + expected.get(0).asText() + " }}";
            if (expected.get(1).isNull()) {
                assertThatThrownBy(() -> render(source, variables)).as(source).isInstanceOf(JinjaException.class);
            } else {
                assertThat(render(source, variables))
                        .as(source)
                        .isEqualTo(expected.get(1).asText());
            }
        }
    }

    @Test
    void treatsWhitespaceAsPythonDoes() {
        JsonNode cases = read("jinja-whitespace.json").path("cases");
        assertThat(cases).hasSize(400);
        for (JsonNode expected : cases) {
            String source = expected.get(0).asText();
            assertThat(render(source, Map.of("v", "V", "t", true)))
                    .as(source)
                    .isEqualTo(expected.get(1).asText());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '§',
            value = {
                "{% for x in xs if x != 2 %}{{ x }}{{ ',' if not loop.last }}{% endfor %}§1,3",
                "{% for x in xs %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}§13",
                "{% for x in xs %}{% if x == 2 %}{% break %}unseen{% endif %}{{ x }}{% endfor %}§1",
                "{% for x in xs %}{% if y is defined %}kept{% endif %}{% set y = x %}{% endfor %}{{ y is defined }}§False",
                "{% set n = namespace(s=0) %}{% for x in xs %}{% set n.s = n.s + x %}{% endfor %}{{ n.s }}§6",
                "{% for x in xs %}{{ loop.previtem if loop.index0 }}{{ loop.nextitem|default('-') }} {% endfor %}.§2 13 2- .",
                "{% for x in xs %}{{ loop.index }}{{ loop.revindex }}{{ loop.length }} {% endfor %}.§133 223 313 .",
                "{% for k, v in m.items() %}{{ k }}={{ v }} {% endfor %}{% for k in m %}{{ k }}{% endfor %}§a=1 b=2 ab",
                "{% for x in missing %}x{% endfor %}.§.",
                "{% for c in 'né' %}{{ c }}-{% endfor %}§n-é-",
                "{% for x in xs %}{% for y in xs %}{{ y if loop.first }}{% endfor %}{{ loop.index }} {% endfor %}.§11 12 13 .",
                "{% macro f(a, b='d') %}<{{ a }}{{ b }}>{% endmacro %}{{ f(1) }}{{ f('x', b='y') }}§<1d><xy>",
                "{% set x %}a{{ 1 }}{% endset %}{{ x }}§a1",
                "{% set x = none %}{{ x is none }}{{ x is defined }}§TrueTrue",
                "{% if x is defined %}a{% elif m.b == 2 %}b{% else %}c{% endif %}§b",
                "{% generation %}a{% endgeneration %}§a",
                "{{ strftime_now('%d %b %Y') }}{{ strftime_now is defined }}§26 Jul 2024True",
            })
    void runsTagsAsPythonDoes(String source, String expected) {
        assertThat(render(source, Map.of("xs", List.of(1, 2, 3), "m", new TreeMap<>(Map.of("a", 1, "b", 2)))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 7*7 }}",
                "{% if x %}",
                "{# c #}",
                "{{ raise_exception('x') }}",
                "<b>&amp;</b>",
                "\\n \\\\ \"'",
                "{%- endfor %}",
                "}} %} #}",
                "false",
                "${x} #{x}"
            })
    void takesAValueAsItIs(String value) {
        assertThat(render("{{ v }}|{{ v ~ v }}|{% if v %}{{ [v][0] }}{% endif %}", Map.of("v", value)))
                .isEqualTo(value + "|" + value + value + "|" + value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{{ 'a'|not closed",
                "{% if x|not closed",
                "{# c|comment",
                "{{ 'a }}|not closed",
                "{% raw %}x|raw",
                "{% if x %}|endif",
                "{% endif %}|start tag",
                "{% if %}x{% endif %}|syntax error",
                "{{ a b }}|syntax error",
                "{% if 0 %}{{ a ! }}{% endif %}|syntax error",
                "{% set x = (1 %}|not closed",
                "{% nosuch %}|nosuch",
                "{% include 'x' %}|include",
                "{% import 'x' as y %}|import",
                "{% extends 'x' %}|extends",
                "{% for x in xs %}{% else %}{% endfor %}|else",
                "{% for x in xs recursive %}{% endfor %}|recursive",
                "{% for x %}{% endfor %}|for x",
            })
    void refusesToParse(String source, String word) {
        assertThatThrownBy(() -> new JinjaTemplate(source))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining(word);
    }

    /** Jinja2 writes them as nothing by default; here a prompt is never silently short of something. */
    @ParameterizedTest
    @CsvSource({"{{ x }}, x", "{{ m.y }}, y", "{{ x.y }}, x", "{{ 'a' + x }}, x", "{% if x.y %}{% endif %}, x"})
    void refusesWhatIsUndefined(String source, String name) {
        assertThatThrownBy(() -> render(source, Map.of("m", Map.of())))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("'" + name + "'")
                .hasMessageContaining("undefined");
    }

    @Test
    void saysThatTheTemplateItselfRefused() {
        assertThatThrownBy(() -> render("{% if true %}{{ raise_exception('only \"users\"') }}{% endif %}", Map.of()))
                .hasMessage("only \"users\"")
                .isInstanceOfSatisfying(
                        JinjaException.class, e -> assertThat(e.isRefusal()).isTrue());
        assertThatThrownBy(() -> render("{{ x }}", Map.of()))
                .isInstanceOfSatisfying(
                        JinjaException.class, e -> assertThat(e.isRefusal()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(strings = {"separators=(',', ':')", "sort_keys=true", "ensure_ascii=true"})
    void refusesToWriteJsonOtherwiseThanPythonWould(String argument) {
        assertThatThrownBy(() -> render("{{ [1]|tojson(" + argument + ") }}", Map.of()))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining("tojson");
    }

    @Test
    void usesAnUnsupportedFilterOnlyWhereItIsReached() {
        String source = "{% if tools %}{{ tools|nosuch }}{% endif %}.";
        assertThat(render(source, new HashMap<>())).isEqualTo(".");
        assertThatThrownBy(() -> render(source, Map.of("tools", "x"))).hasMessageContaining("nosuch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ s.getClass() }}",
                "{{ s.class }}",
                "{{ s.getBytes() }}",
                "{{ m.getClass().forName('java.lang.Runtime') }}",
                "{{ m.put('a', 1) }}",
                "{{ l.clear() }}",
                "{{ ____int3rpr3t3r____.context }}"
            })
    void offersNoJava(String source) {
        assertThatThrownBy(() -> render(source, Map.of("s", "x", "m", Map.of("k", 1), "l", List.of(1))))
                .isInstanceOf(JinjaException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
                "{% for a in range(90000) %}{% for b in range(9) %}{{ 'x' }}{% endfor %}{% endfor %}",
                "{{ range(100000000) }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
                "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
                "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s.replace('x', 'xx') %}{% endfor %}",
                "{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
                "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = [n.s, n.s]|join %}{% endfor %}",
            })
    void stopsATemplateThatWouldNotEndOrGrowsWithoutBound(String source) {
        assertThatThrownBy(() -> render(source, Map.of())).isInstanceOf(JinjaException.class);
    }

    @Test
    void stopsOutputAtItsLimit() {
        String kilobyte = "x".repeat(1024);
        assertThatThrownBy(() -> render("{% for a in range(9000) %}{{ v }}{% endfor %}", Map.of("v", kilobyte)))
                .isInstanceOf(JinjaException.class)
                .hasMessageContaining(String.valueOf(JinjaTemplate.MAX_OUTPUT_CHARS));
    }

    @Test
    void refusesWhatIsTooLongOrTooDeep() {
        assertRefused("x".repeat(JinjaTemplate.MAX_SOURCE_CHARS + 1), "1048576", "1048577");
        assertRefused("{{ " + "(".repeat(200) + "1" + ")".repeat(200) + " }}", "100 deep");
        assertRefused("{% if 1 %}".repeat(200) + "{% endif %}".repeat(200), "100 deep");
        assertRefused("{{ " + "not ".repeat(200_000) + "1 }}", "too deep");
    }

    private static void assertRefused(String source, String... words) {
        assertThatThrownBy(() -> new JinjaTemplate(source))
                .isInstanceOf(JinjaException.class)
                .hasMessageContainingAll(words);
    }

    private static String render(String source, Map<String, ?> variables) {
        return new JinjaTemplate(source).render(variables, NOW);
    }

    private static JsonNode read(String resource) {
        try (InputStream stream = JinjaTemplateTest.class.getResourceAsStream("/text/" + resource)) {
            return JSON.readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
