package io.vitrine.grammar.mask;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import io.vitrine.grammar.schema.WhiteSpace;

/**
 * Times of compilation and masks over the 49 152 tokens of SmolLM2: {@code java ... MaskBenchmark}. Each schema is
 * compiled anew in each round and walked by one sequence, so that masks of the first walk are computed and not
 * remembered.
 */
final class MaskBenchmark {

    private static final int ROUNDS = 3;
    private static final int MAX_TOKENS = 120;

    private final TokenTrie trie = Vocabularies.smolLm2Trie(Vocabularies.smolLm2());
    private final List<Long> compileNanos = new ArrayList<>();
    private final List<Long> maskNanos = new ArrayList<>();
    private final List<Long> acceptNanos = new ArrayList<>();

    private MaskBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, Grammar> grammars = new TreeMap<>(Constraints.all());
        grammars.putAll(suite());
        for (int round = 0; round < ROUNDS; round++) {
            MaskBenchmark benchmark = new MaskBenchmark();
            for (Map.Entry<String, Grammar> grammar : grammars.entrySet()) {
                benchmark.run(grammar.getKey(), grammar.getValue(), round);
            }
            System.out.printf(Locale.ROOT, "round %d, %d constraints%n", round, benchmark.compileNanos.size());
            print("compile", benchmark.compileNanos);
            print("mask", benchmark.maskNanos);
            print("accept", benchmark.acceptNanos);
        }
    }

    private static Map<String, Grammar> suite() throws IOException {
        Map<String, Grammar> grammars = new TreeMap<>();
        Path folder = Path.of(MaskBenchmark.class
                .getResource("/io/vitrine/grammar/json-schema-test-suite/README.md")
                .getPath());
        try (Stream<Path> files = Files.list(folder.getParent())) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    int index = 0;
                    for (JsonNode group : new JsonMapper().readTree(in)) {
                        grammars.put(
                                file.getFileName() + "#" + index++,
                                Grammar.jsonSchema(group.path("schema").toString(), WhiteSpace.DEFAULT));
                    }
                }
            }
        }
        return grammars;
    }

    private void run(String name, Grammar grammar, int seed) {
        CompiledGrammar compiled;
        long start = System.nanoTime();
        try {
            compiled = grammar.compile(trie, GrammarLimits.DEFAULT);
        } catch (GrammarException e) {
            return;
        }
        long compileTime = System.nanoTime() - start;
        compileNanos.add(compileTime);
        if (System.getProperty("slow") != null && compileTime > Long.getLong("slow") * 1000) {
            System.out.println(name + " compiled: " + compileTime / 1000 + " us");
        }
        Matcher matcher = compiled.matcher();
        Random random = new Random(seed);
        long[] bits = new long[trie.maskWords()];
        for (int i = 0; i < MAX_TOKENS && !matcher.isEnded(); i++) {
            start = System.nanoTime();
            matcher.mask(bits);
            long nanos = System.nanoTime() - start;
            maskNanos.add(nanos);
            if (System.getProperty("slow") != null && nanos > Long.getLong("slow") * 1000) {
                System.out.println(name + " token " + i + ": " + nanos / 1000 + " us");
            }
            int token = RandomText.choose(RandomText.allowed(matcher, trie), trie, random);
            start = System.nanoTime();
            matcher.accept(token);
            acceptNanos.add(System.nanoTime() - start);
        }
    }

    private static void print(String what, List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "  %-8s n=%d p50 %.1f us, p95 %.1f us, p99 %.1f us, max %.1f us%n",
                what,
                sorted.length,
                percentile(sorted, 50),
                percentile(sorted, 95),
                percentile(sorted, 99),
                percentile(sorted, 100));
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1_000.0;
    }
}
