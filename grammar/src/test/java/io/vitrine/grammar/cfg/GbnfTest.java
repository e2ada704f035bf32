package io.vitrine.grammar.cfg;

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
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class GbnfTest {

    private static boolean accepts(String grammar, String text) {
        return Vocabularies.accepts(matcher(grammar), text);
    }

    private static Matcher matcher(String grammar) {
        return Grammar.gbnf(grammar)
                .compile(Vocabularies.BYTES, GrammarLimits.DEFAULT)
                .matcher();
    }

    static List<Arguments> grammars() {
        return List.of(
                arguments("root ::= 'a' | 'b' 'c'", List.of("a", "bc"), List.of("", "b", "ab", "abc")),
                arguments("root ::= ('a' | 'b')+ 'c'?", List.of("a", "abc", "bb"), List.of("c", "acc")),
                arguments("root ::= [^a-y]{2,3}", List.of("zz", "éz€"), List.of("aa", "z", "zzzz")),
                arguments("root ::= 'x' root | 'y'", List.of("y", "xxy"), List.of("x", "xyx")),
                arguments("root ::= root 'x' | 'y'", List.of("y", "yxx"), List.of("x", "xy")),
                arguments("root ::= root root | 'a'", List.of("a", "aaaa"), List.of("", "b")),
                arguments("root ::= 'a' root 'b' | ''", List.of("", "ab", "aaabbb"), List.of("aab", "ba")),
                arguments("root ::= 'a'* 'ab'", List.of("ab", "aaab"), List.of("a", "aabb")),
                arguments("root ::= ('a' root? | 'b'){0,3}", List.of("", "ab", "bab", "aaaa"), List.of("bbbb", "c")),
                arguments(
                        "root ::= item{2,4}\nitem ::= [0-9] ('(' root ')')?",
                        List.of("12", "1(23)4"),
                        List.of("1", "1()2")),
                arguments("root ::= 'a'{0}'b'", List.of("b"), List.of("ab")),
                arguments("root ::= '\\x41\\u00e9\\U0001F600' .", List.of("Aé😀x"), List.of("Aé😀")),
                arguments("root ::= ws 'a' ws\nws ::= [ ]? # comment\n  # more\n", List.of("a", " a "), List.of("aa")),
                arguments("root ::= (\n 'a'\n | 'b'\n)\n", List.of("a", "b"), List.of("ab")));
    }

    @ParameterizedTest
    @MethodSource("grammars")
    void acceptsExactlyTheTextsOfTheGrammar(String grammar, List<String> accepted, List<String> refused) {
        String source = grammar.replace('\'', '"');
        for (String text : accepted) {
            assertThat(accepts(source, text)).as("%s of %s", text, source).isTrue();
        }
        for (String text : refused) {
            assertThat(accepts(source, text)).as("%s of %s", text, source).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "start ::= \"a\"",
                "root ::= other",
                "root = \"a\"",
                "root ::= \"a",
                "root ::= [a",
                "root ::= (\"a\"",
                "root ::= *",
                "root ::= \"a\" )",
                "root ::= \"a\"{3,1}",
                "root ::= \"a\"{9999999}",
                "root ::= \"\\q\"",
                "root ::= <[12]>",
                "root ::= \"a\"\nroot ::= \"b\"",
                "root ::= [b-a]",
                "root ::= root",
                "root ::= \"a\" root",
            })
    void refusesMalformedAndEmptyGrammars(String grammar) {
        assertThatThrownBy(() -> matcher(grammar))
                .isInstanceOfSatisfying(
                        GrammarException.class, e -> assertThat(e.keyword()).isEqualTo("grammar"));
    }

    @Test
    void rightRecursionNeedsNoMemory() {
        Matcher matcher = matcher("root ::= \"a\" root | \"b\"\n");
        for (int i = 0; i < 50_000; i++) {
            assertThat(matcher.accept('a')).isTrue();
        }
        assertThat(matcher.accept('b')).isTrue();
        assertThat(matcher.isAccepting()).isTrue();
    }

    @Test
    void rulesThatDoubleAtEachLevelAreNotUnfolded() {
        StringBuilder grammar = new StringBuilder("root ::= r16\nr0 ::= \"a\"?\n");
        for (int i = 1; i <= 16; i++) {
            grammar.append("r")
                    .append(i)
                    .append(" ::= r")
                    .append(i - 1)
                    .append(" r")
                    .append(i - 1)
                    .append("\n");
        }
        assertThat(accepts(grammar.toString(), "a".repeat(5))).isTrue();
    }

    @Test
    void refusesDeepGroupsBeforeRecursion() {
        assertThatThrownBy(() -> matcher("root ::= " + "(".repeat(60_000) + "\"a\"" + ")".repeat(60_000)))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("nested");
    }

    @Test
    void longChainsOfRulesCompile() {
        StringBuilder grammar = new StringBuilder("root ::= r0\n");
        for (int i = 0; i < 5_000; i++) {
            grammar.append("r").append(i).append(" ::= r").append(i + 1).append("\n");
        }
        assertThat(accepts(grammar + "r5000 ::= \"a\"\n", "a")).isTrue();
    }
}
