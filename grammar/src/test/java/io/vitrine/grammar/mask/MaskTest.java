package io.vitrine.grammar.mask;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Masks over the 49 152 tokens of SmolLM2, along random walks of every kind of constraint. */
class MaskTest {

    private static final List<byte[]> TOKENS = Vocabularies.smolLm2();
    private static final TokenTrie TRIE = Vocabularies.smolLm2Trie(TOKENS);
    private static final int MAX_TOKENS = 60;
    private static final Map<String, Integer> IDS = new HashMap<>();

    static {
        for (int token = 0; token < TOKENS.size(); token++) {
            if (TOKENS.get(token).length > 0) {
                IDS.putIfAbsent(new String(TOKENS.get(token), StandardCharsets.ISO_8859_1), token);
            }
        }
    }

    static List<String> constraints() {
        return List.copyOf(Constraints.all().keySet());
    }

    private static CompiledGrammar compile(String name) {
        return Constraints.all().get(name).compile(TRIE, GrammarLimits.DEFAULT);
    }

    @ParameterizedTest
    @MethodSource("constraints")
    void masksEqualBruteForce(String name) {
        CompiledGrammar grammar = compile(name);
        for (int seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            Matcher matcher = grammar.matcher();
            for (int i = 0; i < 12 && !matcher.isEnded(); i++) {
                List<Integer> allowed = RandomText.allowed(matcher, TRIE);
                assertThat(allowed).isEqualTo(bruteForce(matcher));
                assertThat(matcher.accept(RandomText.choose(allowed, TRIE, random)))
                        .isTrue();
            }
        }
    }

    private static List<Integer> bruteForce(Matcher matcher) {
        return IntStream.range(0, TRIE.size())
                .filter(token -> matcher.fork().accept(token))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("constraints")
    void everyAcceptedPrefixHasAContinuation(String name) {
        CompiledGrammar grammar = compile(name);
        int ended = 0;
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            Matcher matcher = grammar.matcher();
            for (int i = 0; i < MAX_TOKENS && !matcher.isEnded(); i++) {
                List<Integer> allowed = RandomText.allowed(matcher, TRIE);
                assertThat(allowed).isNotEmpty();
                assertThat(allowed.stream().anyMatch(TRIE::isEndOfText)).isEqualTo(matcher.isAccepting());
                assertThat(matcher.accept(RandomText.choose(allowed, TRIE, random)))
                        .isTrue();
            }
            ended += matcher.isEnded() ? 1 : 0;
        }
        assertThat(ended).isPositive();
    }

    @ParameterizedTest
    @MethodSource("constraints")
    void rolledBackMasksAreTheSame(String name) {
        CompiledGrammar grammar = compile(name);
        Random random = new Random(1);
        Matcher matcher = grammar.matcher();
        List<List<Integer>> masks = new ArrayList<>(List.of(RandomText.allowed(matcher, TRIE)));
        List<Integer> walk = new ArrayList<>();
        while (walk.size() < MAX_TOKENS && !matcher.isEnded()) {
            int back = random.nextInt(Math.min(walk.size(), 5) + 1);
            matcher.rollback(back);
            masks.subList(masks.size() - back, masks.size()).clear();
            walk.subList(walk.size() - back, walk.size()).clear();
            assertThat(RandomText.allowed(matcher, TRIE)).isEqualTo(masks.get(masks.size() - 1));
            for (int i = 0; i < 6 && !matcher.isEnded(); i++) {
                int token = RandomText.choose(masks.get(masks.size() - 1), TRIE, random);
                assertThat(matcher.accept(token)).isTrue();
                walk.add(token);
                masks.add(RandomText.allowed(matcher, TRIE));
            }
        }
        Matcher replayed = compile(name).matcher();
        for (int i = 0; i < walk.size(); i++) {
            assertThat(RandomText.allowed(replayed, TRIE)).isEqualTo(masks.get(i));
            assertThat(replayed.accept(walk.get(i))).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("constraints")
    void acceptsAWalkInAnyTokenization(String name) {
        CompiledGrammar grammar = compile(name);
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            byte[] text = walk(grammar, random);
            for (int split = 0; split < 3; split++) {
                Matcher matcher = grammar.matcher();
                int at = 0;
                while (at < text.length) {
                    int token =
                            longestToken(text, at, split == 0 ? text.length : 1 + random.nextInt(split == 1 ? 1 : 6));
                    assertThat(matcher.accept(token)).isTrue();
                    at += TOKENS.get(token).length;
                }
            }
        }
    }

    private static byte[] walk(CompiledGrammar grammar, Random random) {
        Matcher matcher = grammar.matcher();
        byte[] text = {};
        for (int i = 0; i < MAX_TOKENS; i++) {
            int token = RandomText.choose(RandomText.allowed(matcher, TRIE), TRIE, random);
            matcher.accept(token);
            if (matcher.isEnded()) {
                break;
            }
            byte[] bytes = TOKENS.get(token);
            text = Arrays.copyOf(text, text.length + bytes.length);
            System.arraycopy(bytes, 0, text, text.length - bytes.length, bytes.length);
        }
        return text;
    }

    private static int longestToken(byte[] text, int from, int maxBytes) {
        for (int length = Math.min(maxBytes, text.length - from); length > 0; length--) {
            Integer token = IDS.get(new String(text, from, length, StandardCharsets.ISO_8859_1));
            if (token != null) {
                return token;
            }
        }
        throw new AssertionError("no token for byte " + text[from]);
    }
}
