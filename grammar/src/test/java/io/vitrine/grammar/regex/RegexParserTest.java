package io.vitrine.grammar.regex;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.automaton.Work;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class RegexParserTest {

    private final Languages languages = new Languages(ByteSet.ALL, 100_000, new Work(1_000_000));

    private boolean matches(String expression, RegexParser.Match match, String text) {
        Language language = RegexParser.parse(expression, match, new Utf8(languages), languages, GrammarLimits.DEFAULT);
        return languages.accepts(language, text.getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 1_000)
    void matchesWhatJavaMatches(@ForAll("expressions") String expression, @ForAll("texts") String text) {
        Pattern pattern = Pattern.compile(expression);
        assertThat(matches(expression, RegexParser.Match.WHOLE, text))
                .isEqualTo(pattern.matcher(text).matches());
        assertThat(matches(expression, RegexParser.Match.SEARCH, text))
                .isEqualTo(pattern.matcher(text).find());
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("abcé€😀").ofMaxLength(6);
    }

    @Provide
    Arbitrary<String> expressions() {
        return expression(4);
    }

    private static Arbitrary<String> expression(int depth) {
        Arbitrary<String> atom =
                Arbitraries.of("a", "b", "é", "€", "😀", ".", "[ab]", "[^a]", "[b-é]", "\\w", "\\p{L}");
        if (depth == 0) {
            return atom;
        }
        Arbitrary<String> inner = expression(depth - 1);
        return Arbitraries.oneOf(
                atom,
                Combinators.combine(inner, inner).as((a, b) -> a + b),
                Combinators.combine(inner, inner).as((a, b) -> "(" + a + "|" + b + ")"),
                Combinators.combine(inner, Arbitraries.of("*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"))
                        .as((a, quantifier) -> "(?:" + a + ")" + quantifier));
    }

    static List<Arguments> searches() {
        return List.of(
                arguments("^a", "ab", true),
                arguments("^a", "ba", false),
                arguments("a$", "ba", true),
                arguments("a$", "ab", false),
                arguments("^(a|b)$", "b", true),
                arguments("^(a|b)$", "ab", false),
                arguments("(^a|b$)", "ac", true),
                arguments("(^a|b$)", "cb", true),
                arguments("(^a|b$)", "ca", false),
                arguments("^a|b", "cb", true),
                arguments("^$", "", true),
                arguments("", "x", true),
                arguments("^[^]$", "x", true),
                arguments("^\\u0061\\x62\\cJ?$", "ab", true),
                arguments("^\\d$", "7", true),
                arguments("^\\S+$", "a b", false),
                arguments("^\\$\\.$", "$.", true),
                arguments("^(?<year>\\d{4})$", "2024", true),
                arguments("^\\uD83D\\uDE00$", "😀", true),
                arguments("^\\u{1F600}$", "😀", true),
                arguments("^.$", "😀", true));
    }

    @ParameterizedTest
    @MethodSource("searches")
    void searchesAsEcmaScriptDoes(String expression, String text, boolean matches) {
        assertThat(matches(expression, RegexParser.Match.SEARCH, text)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?=a)b",
                "(?<!a)b",
                "(a)\\1",
                "\\bword",
                "a^b",
                "a$b",
                "(",
                ")",
                "a)",
                "[a",
                "*a",
                "a**",
                "a{2,1}",
                "a{",
                "a{999999}",
                "\\p{Script=Greek}",
                "[b-a]",
                "\\",
                "(?i)a",
                "[\\d-x]",
                "\\uD800",
                "\\k<a>",
                "(a$)b",
                "a{1}{2}",
            })
    void refusesWhatIsNotRegularOrMalformed(String expression) {
        assertThatThrownBy(() -> matches(expression, RegexParser.Match.SEARCH, ""))
                .isInstanceOfSatisfying(
                        GrammarException.class, e -> assertThat(e.keyword()).isEqualTo("regex"));
    }

    @Test
    void refusesDeepNestingBeforeRecursion() {
        String nested = "(".repeat(1_900) + "a" + ")".repeat(1_900);
        assertThatThrownBy(() -> matches(nested, RegexParser.Match.WHOLE, "a"))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> matches("a".repeat(5_000), RegexParser.Match.WHOLE, "a"))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("4096 characters");
    }

    @Test
    void countersAreNotUnrolled() {
        Language language = RegexParser.parse(
                "((a{1000}){1000}){1000}|.{0,100000}",
                RegexParser.Match.WHOLE,
                new Utf8(languages),
                languages,
                GrammarLimits.DEFAULT);
        assertThat(languages.accepts(language, "é".repeat(1_000).getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(languages.size()).isLessThan(20_000);
    }

    @Test
    void jsonTextHasOneSpellingForEachCharacter() {
        JsonText encoding = new JsonText(languages);
        Language any = encoding.encode(CodePoints.ALL);
        for (String spelling : List.of("a", "é", "\\n", "\\\"", "\\\\", "\\u001f", "\\u001F", "\u007f")) {
            assertThat(languages.accepts(any, spelling.getBytes(StandardCharsets.UTF_8)))
                    .isTrue();
        }
        for (String spelling : List.of("\n", "\"", "\\", "\\u000a", "\\u0061", "\\/", "aa", "\\u001")) {
            assertThat(languages.accepts(any, spelling.getBytes(StandardCharsets.UTF_8)))
                    .isFalse();
        }
        for (String spelling : List.of("\\u0061", "\\/", "\\uD83D\\uDE00")) {
            assertThat(languages.accepts(encoding.anyCharacter(), spelling.getBytes(StandardCharsets.UTF_8)))
                    .isTrue();
        }
        for (String spelling : List.of("\\uD83D", "\\uDE00", "\\uD83Da", "\\x41")) {
            assertThat(languages.accepts(encoding.anyCharacter(), spelling.getBytes(StandardCharsets.UTF_8)))
                    .isFalse();
        }
    }
}
