package io.vitrine.grammar;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.vitrine.grammar.mask.CompiledGrammar;
import io.vitrine.grammar.mask.Matcher;
import io.vitrine.grammar.schema.WhiteSpace;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GrammarCacheTest {

    private final GrammarCache cache = new GrammarCache(Vocabularies.BYTES, GrammarLimits.DEFAULT, 2, Long.MAX_VALUE);

    @Test
    void equalConstraintsShareOneGrammar() {
        CompiledGrammar first = cache.get(Grammar.regex("a+")).grammar();
        GrammarCache.Lookup second = cache.get(Grammar.regex("a+"));
        assertThat(second.hit()).isTrue();
        assertThat(second.grammar()).isSameAs(first);
        assertThat(cache.get(Grammar.choice(List.of("a+"))).hit()).isFalse();
    }

    @Test
    void keysDifferByKindOptionsAndParts() {
        assertThat(Grammar.regex("a").key()).isNotEqualTo(Grammar.gbnf("a").key());
        assertThat(Grammar.choice(List.of("a", "b")).key())
                .isNotEqualTo(Grammar.choice(List.of("a b")).key());
        assertThat(Grammar.jsonObject(WhiteSpace.NONE).key())
                .isNotEqualTo(Grammar.jsonObject(WhiteSpace.DEFAULT).key());
    }

    @Test
    void theLeastRecentlyUsedIsEvicted() {
        cache.get(Grammar.regex("a"));
        cache.get(Grammar.regex("b"));
        cache.get(Grammar.regex("a"));
        cache.get(Grammar.regex("c"));
        assertThat(cache.size()).isEqualTo(2);
        assertThat(cache.get(Grammar.regex("a")).hit()).isTrue();
        assertThat(cache.get(Grammar.regex("b")).hit()).isFalse();
    }

    @Test
    void theMemoryOfAllIsBounded() {
        var small = new GrammarCache(Vocabularies.BYTES, GrammarLimits.DEFAULT, 100, 1);
        for (String expression : List.of("a", "b", "c")) {
            assertThat(small.get(Grammar.regex(expression)).grammar().bytes()).isPositive();
        }
        // The last one is kept: its caller needs it.
        assertThat(small.size()).isEqualTo(1);
        assertThat(small.get(Grammar.regex("c")).hit()).isTrue();
        var roomy = new GrammarCache(Vocabularies.BYTES, GrammarLimits.DEFAULT, 100, 1 << 20);
        List.of("a", "b", "c").forEach(expression -> roomy.get(Grammar.regex(expression)));
        assertThat(roomy.size()).isEqualTo(3);
    }

    @Test
    void grammarsAreComposedOfOthers() {
        Grammar call = Grammar.sequence(List.of(
                Grammar.text("<call>"),
                Grammar.jsonSchema("{\"enum\": [1, true]}", WhiteSpace.NONE),
                Grammar.text("\n")));
        Grammar answer = Grammar.anyOf(List.of(Grammar.regex("[a-c]+"), Grammar.repetition(call, 1, 2)));
        CompiledGrammar compiled = cache.get(answer).grammar();
        for (String accepted : List.of("abc", "<call>1\n", "<call>true\n<call>1\n")) {
            assertThat(accepts(compiled, accepted)).as(accepted).isTrue();
        }
        for (String refused : List.of("", "abc<call>1\n", "<call>2\n", "<call>1", "<call>1\n".repeat(3))) {
            assertThat(accepts(compiled, refused)).as(refused).isFalse();
        }
        assertThat(answer.key())
                .isNotEqualTo(Grammar.anyOf(List.of(Grammar.repetition(call, 1, 2), Grammar.regex("[a-c]+")))
                        .key());
    }

    private static boolean accepts(CompiledGrammar grammar, String text) {
        Matcher matcher = grammar.matcher();
        return text.chars().allMatch(matcher::accept) && matcher.isAccepting();
    }

    @Test
    void failuresAreReportedAndNotKept() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> cache.get(Grammar.regex("("))).isInstanceOf(GrammarException.class);
        }
        assertThat(cache.size()).isZero();
    }

    @Test
    void sourcesBeyondTheLimitAreRefused() {
        assertThatThrownBy(() -> cache.get(Grammar.gbnf("#".repeat(300_000))))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("262144 bytes");
        String deep = "{\"items\":".repeat(60_000) + "{}" + "}".repeat(60_000);
        GrammarLimits large =
                new GrammarLimits(1 << 24, 128, 4_096, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000);
        assertThatThrownBy(() -> Grammar.jsonSchema(deep, WhiteSpace.NONE).compile(Vocabularies.BYTES, large))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("depth");
    }

    @Test
    void concurrentSequencesOfOneGrammarAgree() throws Exception {
        CompiledGrammar grammar =
                cache.get(Grammar.jsonObject(WhiteSpace.DEFAULT)).grammar();
        String text = "{\"a\": [1, {\"b\": \"é\"}], \"c\": null}";
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Boolean>> results = IntStream.range(0, 16)
                    .mapToObj(i -> threads.submit(() -> {
                        start.await();
                        return Vocabularies.accepts(grammar.matcher(), text);
                    }))
                    .toList();
            start.countDown();
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
