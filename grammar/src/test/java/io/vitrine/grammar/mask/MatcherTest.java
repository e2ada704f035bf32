package io.vitrine.grammar.mask;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import io.vitrine.grammar.WorkLimitException;
import io.vitrine.grammar.schema.WhiteSpace;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MatcherTest {

    private static final String NAME_AND_AGE =
            "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"age\":{\"type\":\"integer\"}},"
                    + "\"required\":[\"name\",\"age\"],\"additionalProperties\":false}";

    private static Matcher matcher(Grammar grammar, TokenTrie trie) {
        return grammar.compile(trie, GrammarLimits.DEFAULT).matcher();
    }

    private static GrammarLimits limits(int states, int rowItems, int steps) {
        GrammarLimits d = GrammarLimits.DEFAULT;
        return new GrammarLimits(
                d.sourceBytes(),
                d.depth(),
                d.patternLength(),
                d.repetitions(),
                d.symbols(),
                states,
                rowItems,
                steps,
                steps,
                10,
                500);
    }

    @Test
    void endOfTextIsAllowedExactlyWhereTheConstraintAccepts() {
        TokenTrie trie = Vocabularies.trie(Vocabularies.bytesAnd("ab", "abc"));
        int end = trie.size() - 1;
        Matcher matcher = matcher(Grammar.choice(List.of("ab", "abcd")), trie);
        assertThat(RandomText.allowed(matcher, trie)).containsExactly((int) 'a', 256, 257);
        assertThat(matcher.accept(end)).isFalse();
        assertThat(matcher.accept(256)).isTrue();
        assertThat(matcher.isAccepting()).isTrue();
        assertThat(RandomText.allowed(matcher, trie)).containsExactly((int) 'c', end);
        assertThat(matcher.accept(end)).isTrue();
        assertThat(matcher.isEnded()).isTrue();
        assertThat(RandomText.allowed(matcher, trie)).isEmpty();
        assertThat(matcher.accept('c')).isFalse();
        matcher.rollback(1);
        assertThat(RandomText.allowed(matcher, trie)).containsExactly((int) 'c', end);
        assertThat(matcher.tokenCount()).isEqualTo(1);
    }

    @Test
    void specialTokensAndHolesAreNeverAllowed() {
        TokenTrie trie = TokenTrie.of(4, token -> token == 0 ? new byte[] {'a'} : new byte[0], 1, 2);
        Matcher matcher = matcher(Grammar.regex("a*"), trie);
        assertThat(RandomText.allowed(matcher, trie)).containsExactly(0, 1, 2);
        assertThat(matcher.accept(3)).isFalse();
        assertThat(matcher.accept(-1)).isFalse();
        assertThat(matcher.accept(4)).isFalse();
    }

    @Test
    void tokensOfTheSameBytesAreAllowedTogether() {
        TokenTrie trie = Vocabularies.trie(Vocabularies.bytesAnd("a", "b", "a"));
        assertThat(RandomText.allowed(matcher(Grammar.regex("a"), trie), trie)).containsExactly((int) 'a', 256, 258);
    }

    @Test
    void textsThatTheVocabularyCannotSpellAreRefused() {
        TokenTrie trie = TokenTrie.of(2, token -> token == 0 ? new byte[] {'a'} : new byte[0], 1);
        assertThat(RandomText.allowed(matcher(Grammar.regex("a|ab"), trie), trie))
                .containsExactly(0);
        assertThatThrownBy(() -> matcher(Grammar.regex("b"), trie))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("no text satisfies");
    }

    @Test
    void forcedTokensStopBeforeAPossibleLongerToken() {
        // After {"name":" comes a string.
        List<byte[]> tokens = Vocabularies.bytesAnd("{\"", "name");
        Matcher matcher = matcher(Grammar.jsonSchema(NAME_AND_AGE, WhiteSpace.NONE), Vocabularies.trie(tokens));
        int[] forced = matcher.forcedTokens(text -> greedy(tokens, text));
        assertThat(spelled(tokens, forced)).isEqualTo("{\"|name|\"|:|\"");
        for (int token : forced) {
            assertThat(matcher.accept(token)).isTrue();
        }
        assertThat(matcher.forcedTokens(text -> greedy(tokens, text))).isEmpty();

        List<byte[]> longer = Vocabularies.bytesAnd("{\"", "name", "\":\"", "\":\"A");
        Matcher careful = matcher(Grammar.jsonSchema(NAME_AND_AGE, WhiteSpace.NONE), Vocabularies.trie(longer));
        assertThat(spelled(longer, careful.forcedTokens(text -> greedy(longer, text))))
                .isEqualTo("{\"|name");
    }

    private static int[] greedy(List<byte[]> tokens, byte[] text) {
        String left = new String(text, StandardCharsets.UTF_8);
        IntStream.Builder split = IntStream.builder();
        while (!left.isEmpty()) {
            int best = left.charAt(0);
            for (int token = 256; token < tokens.size() - 1; token++) {
                String spelling = new String(tokens.get(token), StandardCharsets.UTF_8);
                best = left.startsWith(spelling) && spelling.length() > tokens.get(best).length ? token : best;
            }
            split.add(best);
            left = left.substring(tokens.get(best).length);
        }
        return split.build().toArray();
    }

    private static String spelled(List<byte[]> tokens, int[] ids) {
        return String.join(
                "|",
                IntStream.of(ids)
                        .mapToObj(id -> new String(tokens.get(id), StandardCharsets.UTF_8))
                        .toList());
    }

    @Test
    void forksGoTheirOwnWays() {
        Matcher matcher = matcher(Grammar.regex("ab|ac"), Vocabularies.BYTES);
        matcher.accept('a');
        Matcher fork = matcher.fork();
        assertThat(fork.accept('b')).isTrue();
        assertThat(matcher.accept('c')).isTrue();
        fork.rollback(2);
        assertThat(matcher.isAccepting()).isTrue();
        assertThat(fork.tokenCount()).isZero();
    }

    @Test
    void rollbackBeyondTheStartIsRefused() {
        Matcher matcher = matcher(Grammar.regex("ab"), Vocabularies.BYTES);
        matcher.accept('a');
        assertThatThrownBy(() -> matcher.rollback(2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLimitOfStatesEndsTheSequenceAndMarksTheGrammar() {
        CompiledGrammar grammar =
                Grammar.regex("(a|b)*a(a|b){14}c").compile(Vocabularies.BYTES, limits(2_000, 1_000, 1_000_000));
        Matcher matcher = grammar.matcher();
        Random random = new Random(1);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        matcher.accept(random.nextBoolean() ? 'a' : 'b');
                    }
                })
                .isInstanceOf(WorkLimitException.class)
                .hasMessageContaining("automaton states: 2000");
        assertThat(grammar.isExhausted()).isTrue();
    }

    @Test
    void theLimitOfRowItemsEndsTheSequence() {
        CompiledGrammar grammar = Grammar.gbnf("root ::= root root | \"a\" root? | \"ab\" | [a-b]")
                .compile(Vocabularies.BYTES, limits(10_000, 40, 1_000_000));
        Matcher matcher = grammar.matcher();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        matcher.accept('a');
                    }
                })
                .isInstanceOf(WorkLimitException.class)
                .hasMessageContaining("items of a parser row: 40");
        int accepted = matcher.tokenCount();
        assertThatThrownBy(() -> matcher.accept('a')).isInstanceOf(WorkLimitException.class);
        assertThat(matcher.tokenCount()).isEqualTo(accepted);
    }

    @Test
    void theLimitOfStepsRefusesAtCompilation() {
        assertThatThrownBy(() -> Grammar.jsonSchema(
                                "{\"type\":\"integer\",\"multipleOf\":9973,\"minimum\":1,\"maximum\":9972}",
                                WhiteSpace.NONE)
                        .compile(Vocabularies.BYTES, limits(1_000_000, 1_000, 500)))
                .isInstanceOfSatisfying(
                        GrammarException.class, e -> assertThat(e.keyword()).isEqualTo("limit"));
    }

    @Test
    void forgottenPositionsAndMasksAreMadeAnew() {
        CompiledGrammar grammar = Grammar.jsonSchema(NAME_AND_AGE, WhiteSpace.DEFAULT)
                .compile(Vocabularies.BYTES, limits(10_000, 1_000, 1_000_000));
        String text = "{\"name\":\"abc\",\n  \"age\":12}";
        Matcher early = grammar.matcher();
        for (int i = 0; i < 5; i++) {
            assertThat(early.accept(text.charAt(i))).isTrue();
            assertThat(Vocabularies.accepts(grammar.matcher(), text)).isTrue();
            assertThat(RandomText.allowed(grammar.matcher(), Vocabularies.BYTES))
                    .containsExactly((int) '{');
        }
        assertThat(Vocabularies.accepts(early, text.substring(5))).isTrue();
    }
}
