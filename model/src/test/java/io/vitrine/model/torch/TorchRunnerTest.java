package io.vitrine.model.torch;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.model.torch.Runs.run;
import static io.vitrine.model.torch.Runs.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The decoder against the logits that {@code transformers} computes for the same tiny models, in float32. */
class TorchRunnerTest {

    private static final int PAGES = 12;

    private static TorchRunner load(String model, Precision precision) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path(model))) {
            int context = Math.min(200, checkpoint.config().contextLength());
            return TorchRunner.load(checkpoint.config(), checkpoint, new TorchSettings(precision, 1, context, PAGES));
        }
    }

    private static TorchRunner load(String model, Operators operators) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path(model))) {
            var settings = new TorchSettings(Precision.INT8, 1, 200, PAGES);
            return TorchRunner.load(checkpoint.config(), checkpoint, settings, operators);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama-gqa, llama-gqa",
        "llama-untied, llama-untied",
        "llama-linear-bf16, llama-linear-bf16",
        "llama-gqa.gguf, llama-gqa",
        "llama-untied.gguf, llama-untied",
        "mistral, mistral",
        "qwen2, qwen2",
        "qwen2.gguf, qwen2",
        "qwen3, qwen3",
        "qwen3.gguf, qwen3"
    })
    void agreesWithTheReferenceInOnePassInChunksAndTokenByToken(String model, String folder) throws IOException {
        Reference reference = Reference.of(folder);
        int[] tokens = reference.tokens();
        try (TorchRunner runner = load(model, Precision.FLOAT32)) {
            float[] whole = run(runner, Span.prefill(tokens, 0, new int[] {5, 2}, Logits.ALL));
            assertThat(whole).containsExactly(reference.logits(), within(1e-4f));
            for (int first = 0; first < tokens.length; first += 23) {
                int[] chunk = slice(tokens, first, first + 23);
                float[] logits = run(runner, Span.prefill(chunk, first, new int[] {0, 7, 9}, Logits.ALL));
                assertThat(logits).containsExactly(reference.rows(first, chunk.length), within(1e-4f));
            }
            for (int position = 0; position < tokens.length; position++) {
                int[] token = {tokens[position]};
                float[] logits = run(runner, Span.decode(token, position, new int[] {3, 1, 4}));
                assertThat(logits).containsExactly(reference.rows(position, 1), within(1e-4f));
            }
        }
    }

    @Test
    void givesEveryKindOfSpanItsOwnLogitsInThePlansOrder() throws IOException {
        Reference reference = Reference.of("llama-gqa");
        int[] tokens = reference.tokens();
        try (TorchRunner runner = load("llama-gqa", Precision.FLOAT32)) {
            run(runner, Span.prefill(slice(tokens, 0, 70), 0, new int[] {11, 3}, Logits.NONE));
            run(runner, Span.prefill(slice(tokens, 0, 9), 0, new int[] {6}, Logits.NONE));
            run(runner, Span.prefill(slice(tokens, 0, 4), 0, new int[] {0}, Logits.NONE));
            float[] logits = run(
                    runner,
                    Span.prefill(slice(tokens, 4, 30), 4, new int[] {0}, Logits.LAST), // a chunk
                    Span.decode(slice(tokens, 70, 71), 70, new int[] {11, 3}), // decodes, two pages
                    Span.prefill(slice(tokens, 0, 40), 0, new int[] {8}, Logits.NONE), // a chunk that is not the last
                    Span.decode(slice(tokens, 9, 10), 9, new int[] {6}), // decodes, one page
                    Span.prefill(slice(tokens, 0, 3), 0, new int[] {2}, Logits.ALL));
            List<float[]> expected =
                    List.of(reference.rows(29, 1), reference.rows(70, 1), reference.rows(9, 1), reference.rows(0, 3));
            assertThat(logits).containsExactly(join(expected), within(1e-4f));
        }
    }

    private static float[] join(List<float[]> parts) {
        int length = parts.stream().mapToInt(part -> part.length).sum();
        FloatBuffer joined = FloatBuffer.allocate(length);
        parts.forEach(joined::put);
        return joined.array();
    }

    @ParameterizedTest
    @CsvSource({ // float32 goes through a library that sums in another order for other batch sizes
        "llama-gqa, BF16",
        "llama-gqa, INT8",
        "qwen2, BF16",
        "qwen2, INT8",
        "qwen3, BF16",
        "qwen3, INT8"
    })
    void decodesARowToTheSameBitsWhateverRunsBesideIt(String model, Precision precision) throws IOException {
        int[] tokens = Reference.of(model).tokens();
        try (TorchRunner runner = load(model, precision)) {
            for (int sequence = 0; sequence < 8; sequence++) {
                int[] prompt = slice(tokens, sequence, sequence + 20);
                run(runner, Span.prefill(prompt, 0, new int[] {sequence}, Logits.NONE));
            }
            Span first = Span.decode(new int[] {7}, 20, new int[] {0});
            float[] alone = run(runner, first);
            List<Span> batch = new ArrayList<>(List.of(first));
            for (int sequence = 1; sequence < 8; sequence++) {
                batch.add(Span.decode(new int[] {sequence}, 20, new int[] {sequence}));
            }
            float[] beside = run(runner, batch.toArray(Span[]::new));
            assertThat(Arrays.copyOf(beside, alone.length)).isEqualTo(alone);
        }
    }

    @ParameterizedTest
    @CsvSource({"BF16", "INT8"})
    void decodesAShortRowToTheSameBitsBesideALongOne(Precision precision) throws IOException {
        int[] tokens = IntStream.range(0, 150).map(index -> index * 37 % 311).toArray();
        int[] longPages = {5, 2, 7};
        int[] shortPages = {4, 9}; // it reaches only the first
        try (TorchRunner runner = load("llama-gqa", precision)) {
            run(runner, Span.prefill(tokens, 0, longPages, Logits.NONE));
            run(runner, Span.prefill(slice(tokens, 0, 20), 0, shortPages, Logits.NONE));
            Span longRow = Span.decode(new int[] {7}, tokens.length, longPages);
            Span shortRow = Span.decode(new int[] {8}, 20, shortPages);
            float[] longAlone = run(runner, longRow);
            float[] shortAlone = run(runner, shortRow);
            assertThat(run(runner, shortRow, longRow)).isEqualTo(join(List.of(shortAlone, longAlone)));
            assertThat(run(runner, longRow, shortRow)).isEqualTo(join(List.of(longAlone, shortAlone)));
        }
    }

    @ParameterizedTest
    @CsvSource({"llama-gqa, BF16", "llama-gqa, INT8", "qwen2, BF16", "qwen2, INT8", "qwen3, BF16", "qwen3, INT8"})
    void prefillsToTheSameBitsHoweverThePromptIsCut(String model, Precision precision) throws IOException {
        int[] pages = {5, 2, 7};
        try (TorchRunner runner = load(model, precision)) {
            int[] tokens = IntStream.range(0, 190)
                    .map(index -> index * 37 % runner.vocabularySize())
                    .toArray();
            float[] whole = run(runner, Span.prefill(tokens, 0, pages, Logits.ALL));
            for (int size : new int[] {1, 7, 64, 100, 129}) {
                for (int first = 0; first < tokens.length; first += size) {
                    int[] chunk = slice(tokens, first, first + size);
                    float[] logits = run(runner, Span.prefill(chunk, first, pages, Logits.ALL));
                    int width = runner.vocabularySize();
                    assertThat(logits)
                            .as("chunk of %d at %d", chunk.length, first)
                            .isEqualTo(Arrays.copyOfRange(whole, first * width, (first + chunk.length) * width));
                }
            }
        }
    }

    /** A slice is turned into int8's basis by another product, whose last bits may differ; all else is the same. */
    @ParameterizedTest
    @CsvSource({
        "llama-gqa, FLOAT32",
        "llama-gqa, BF16",
        "llama-gqa, INT8",
        "llama-untied, INT8",
        "qwen2.gguf, INT8",
        "qwen3, BF16"
    })
    void packsALargeVocabularyInSlices(String model, Precision precision) throws IOException {
        float[] whole;
        try (TorchRunner runner = load(model, precision)) {
            whole = run(runner, prompt(runner));
        }
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path(model))) {
            var settings = new TorchSettings(precision, 2, 100, PAGES);
            // 7 rows a slice do not divide the vocabulary.
            int slice = 7 * checkpoint.config().hiddenSize() + 3;
            try (TorchRunner runner = TorchRunner.loadInSlices(checkpoint.config(), checkpoint, settings, slice)) {
                float[] logits = run(runner, prompt(runner));
                assertThat(logits).hasSameSizeAs(whole);
                for (int i = 0; i < whole.length; i++) {
                    assertThat(logits[i]).isCloseTo(whole[i], within(precision == Precision.BF16 ? 2e-2f : 1e-3f));
                }
            }
        }
    }

    private static Span prompt(TorchRunner runner) {
        int[] tokens = IntStream.range(0, 40)
                .map(index -> index * 37 % runner.vocabularySize())
                .toArray();
        return Span.prefill(tokens, 0, new int[] {5}, Logits.ALL);
    }

    /** On a processor without tiles other instructions add up the same whole numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-gqa", "qwen2", "qwen3"})
    void givesTheSameBitsInTilesAsWithout(String model) throws IOException {
        int[] pages = {5, 2, 7};
        try (TorchRunner inTiles = load(model, Operators.CPU_TILES);
                TorchRunner without = load(model, Operators.CPU)) {
            for (int size : new int[] {31, 32, 33, 48, 190}) { // few rows, whole tiles, tiles that are filled up
                int[] tokens = new SplittableRandom(size)
                        .ints(size, 0, without.vocabularySize())
                        .toArray();
                Span prompt = Span.prefill(tokens, 0, pages, Logits.ALL);
                assertThat(run(inTiles, prompt)).as("%d rows", size).isEqualTo(run(without, prompt));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama-gqa, BF16", "llama-gqa, INT8", "qwen2, INT8", "qwen3, INT8"})
    void prefillsToTheSameBitsHoweverStepsShareTheLayersOfAChunk(String model, Precision precision) throws IOException {
        int[] pages = {5, 2, 7};
        try (TorchRunner runner = load(model, precision)) {
            int[] tokens = IntStream.range(0, 170)
                    .map(index -> index * 37 % runner.vocabularySize())
                    .toArray();
            run(runner, Span.prefill(slice(tokens, 0, 20), 0, new int[] {4}, Logits.NONE));
            Span decoding = Span.decode(new int[] {7}, 20, new int[] {4});
            float[] alone = run(runner, decoding);
            float[] whole = run(runner, Span.prefill(tokens, 0, pages, Logits.ALL));
            int width = runner.vocabularySize();
            int layers = runner.layerCount();
            assertThat(layers).isGreaterThan(1);
            for (int size : new int[] {50, 130}) {
                for (int first = 0; first < tokens.length; first += size) {
                    int[] chunk = slice(tokens, first, first + size);
                    for (int layer = 0; layer < layers - 1; layer++) {
                        var one = new Layers(layer, layer + 1, layers);
                        Span part = Span.prefill(chunk, first, pages, Logits.NONE, one);
                        assertThat(run(runner, decoding, part)).isEqualTo(alone);
                        assertThat(run(runner, decoding)).isEqualTo(alone);
                    }
                    var last = new Layers(layers - 1, layers, layers);
                    Span part = Span.prefill(chunk, first, pages, Logits.ALL, last);
                    float[] expected = Arrays.copyOfRange(whole, first * width, (first + chunk.length) * width);
                    // Beside nobody, and beside a row.
                    float[] logits = size == 50 ? run(runner, part) : run(runner, decoding, part);
                    assertThat(Arrays.copyOfRange(logits, logits.length - expected.length, logits.length))
                            .as("chunk of %d at %d", chunk.length, first)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** The keys and values that prompts begin with alike are brought together once. */
    @ParameterizedTest
    @CsvSource({"llama-gqa, BF16", "llama-gqa, INT8", "qwen3, INT8"})
    void aPromptThatBeginsLikeTheLastGivesTheSameBits(String model, Precision precision) throws IOException {
        try (TorchRunner runner = load(model, precision)) {
            int[] system = new SplittableRandom(1)
                    .ints(128, 0, runner.vocabularySize())
                    .toArray();
            Span one = Span.prefill(new int[] {1, 2, 3}, 128, new int[] {5, 2, 7}, Logits.ALL);
            Span other = Span.prefill(new int[] {4, 5}, 128, new int[] {5, 2, 6}, Logits.ALL);
            Span shorter = Span.prefill(new int[] {6}, 64, new int[] {5, 3}, Logits.ALL);
            run(runner, Span.prefill(system, 0, new int[] {5, 2}, Logits.NONE));
            for (Span next : List.of(one, other, shorter, other)) {
                float[] afterTheLast = run(runner, next);
                run(runner, Span.prefill(system, 0, new int[] {0, 1}, Logits.NONE));
                assertThat(run(runner, next)).isEqualTo(afterTheLast);
            }
        }
    }

    @Test
    void aPromptSeesWhatHasBeenWrittenToItsPagesSinceTheLast() throws IOException {
        try (TorchRunner runner = load("llama-gqa", Precision.INT8)) {
            int[] system = new SplittableRandom(1)
                    .ints(128, 0, runner.vocabularySize())
                    .toArray();
            Span prompt = Span.prefill(new int[] {1, 2, 3}, 128, new int[] {5, 2, 7}, Logits.ALL);
            Span elsewhere = Span.prefill(new int[] {1}, 0, new int[] {0}, Logits.NONE);
            Span partly = Span.prefill(
                    new int[] {7}, 66, new int[] {1, 2}, Logits.NONE, new Layers(0, 1, runner.layerCount()));
            for (int page : new int[] {1, 3, 4}) {
                run(runner, Span.prefill(slice(system, 0, 64), 0, new int[] {page}, Logits.NONE));
            }
            run(runner, Span.prefill(system, 0, new int[] {5, 2}, Logits.NONE));
            for (List<Span> writing : List.of(
                    List.of(Span.decode(new int[] {8, 9}, 63, new int[] {3, 2})),
                    List.of(Span.decode(new int[] {10, 11}, 63, new int[] {3, 2}), elsewhere),
                    List.of(Span.prefill(new int[] {7}, 65, new int[] {4, 2}, Logits.NONE), elsewhere),
                    List.of(partly))) {
                float[] before = run(runner, prompt);
                run(runner, writing.toArray(Span[]::new));
                float[] after = run(runner, prompt);
                run(runner, elsewhere);
                assertThat(after).isEqualTo(run(runner, prompt)).isNotEqualTo(before);
            }
        }
    }

    /**
     * A long prompt's chunk rests amid its layers while short ones are computed: in place, in other places, in one
     * pass.
     */
    @ParameterizedTest
    @CsvSource({"llama-gqa, BF16", "llama-gqa, INT8", "qwen2, INT8", "qwen3, INT8"})
    void aChunkThatRestsAmidItsLayersGivesTheSameBits(String model, Precision precision) throws IOException {
        int[] pages = {5, 2, 7};
        try (TorchRunner runner = load(model, precision)) {
            int[] tokens = new SplittableRandom(3)
                    .ints(170, 0, runner.vocabularySize())
                    .toArray();
            int layers = runner.layerCount();
            Span whole = Span.prefill(slice(tokens, 100, 170), 100, pages, Logits.ALL);
            Span shortOne = Span.prefill(slice(tokens, 5, 25), 0, new int[] {4}, Logits.LAST);
            Span longOne = Span.prefill(slice(tokens, 3, 133), 0, new int[] {8, 9, 10}, Logits.LAST);
            Span next = Span.decode(new int[] {9}, 170, pages);
            run(runner, Span.prefill(slice(tokens, 0, 100), 0, pages, Logits.NONE));
            float[] expected = run(runner, whole);
            float[] expectedNext = run(runner, next);
            float[] expectedShort = run(runner, shortOne);
            float[] expectedLong = run(runner, longOne);
            for (Span other : List.of(shortOne, longOne)) {
                for (int position = 0; position < 100; position += 50) {
                    run(runner, Span.prefill(slice(tokens, position, position + 50), position, pages, Logits.NONE));
                }
                run(runner, part(whole, Logits.NONE, new Layers(0, 1, layers, 1)));
                run(runner, part(other, Logits.NONE, new Layers(0, 1, layers, 0)));
                assertThat(run(runner, part(other, Logits.LAST, new Layers(1, layers, layers, 0))))
                        .isEqualTo(other.equals(shortOne) ? expectedShort : expectedLong);
                assertThat(run(runner, part(whole, Logits.ALL, new Layers(1, layers, layers, 1))))
                        .isEqualTo(expected);
                assertThat(run(runner, next)).isEqualTo(expectedNext);
                run(runner, Span.prefill(slice(tokens, 0, 50), 0, pages, Logits.NONE));
                run(runner, Span.prefill(slice(tokens, 50, 100), 50, pages, Logits.NONE), other);
                assertThat(run(runner, whole)).isEqualTo(expected);
            }
        }
    }

    /** A copy of a page's beginning is as good as the page, and what stands behind it there does not come along. */
    @ParameterizedTest
    @CsvSource({"llama-gqa, FLOAT32", "llama-gqa, BF16", "llama-gqa, INT8", "qwen3, INT8"})
    void goesOnFromACopyOfAPageToTheSameBits(String model, Precision precision) throws IOException {
        try (TorchRunner runner = load(model, precision)) {
            int[] tokens = new SplittableRandom(5)
                    .ints(100, 0, runner.vocabularySize())
                    .toArray();
            run(runner, Span.prefill(slice(tokens, 0, 90), 0, new int[] {5, 2}, Logits.NONE));
            Span last = Span.prefill(slice(tokens, 90, 91), 90, new int[] {5, 2}, Logits.ALL);
            float[] expected = run(runner, last);
            float[] expectedNext = run(runner, Span.decode(new int[] {3, 4}, 91, new int[] {5, 2}));
            run(runner, Span.prefill(slice(tokens, 0, 64), 0, new int[] {8}, Logits.NONE));
            runner.copyPage(2, 8, 90 - 64);
            assertThat(run(runner, Span.prefill(slice(tokens, 90, 91), 90, new int[] {5, 8}, Logits.ALL)))
                    .isEqualTo(expected);
            assertThat(run(runner, Span.decode(new int[] {3, 4}, 91, new int[] {5, 8})))
                    .isEqualTo(expectedNext);
        }
    }

    private static Span part(Span span, Logits logits, Layers layers) {
        return Span.prefill(span.tokens(), span.position(), span.pages(), logits, layers);
    }

    /** Without room to keep a prompt's keys and values together they are brought together in each step. */
    @ParameterizedTest
    @CsvSource({"BF16, 0", "INT8, 0", "INT8, 64", "INT8, 128"})
    void givesTheSameBitsHoweverLittleIsGathered(Precision precision, int gatheredPositions) throws IOException {
        int[] pages = {5, 2, 7};
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"));
                TorchRunner whole = load("llama-gqa", precision);
                TorchRunner runner = TorchRunner.load(
                        checkpoint.config(),
                        checkpoint,
                        new TorchSettings(TorchDevice.CPU, precision, 1, 200, PAGES, gatheredPositions))) {
            int[] tokens = new SplittableRandom(4)
                    .ints(180, 0, runner.vocabularySize())
                    .toArray();
            for (int first = 0; first < tokens.length; first += 30) {
                Span chunk = Span.prefill(slice(tokens, first, first + 30), first, pages, Logits.ALL);
                assertThat(run(runner, chunk)).isEqualTo(run(whole, chunk));
            }
        }
    }

    @Test
    void aChunkThatIsGivenUpAmidItsLayersLeavesNothingBehind() throws IOException {
        int[] pages = {5, 2, 7};
        try (TorchRunner runner = load("llama-gqa", Precision.BF16)) {
            int[] tokens = Reference.of("llama-gqa").tokens();
            float[] whole = run(runner, Span.prefill(tokens, 0, pages, Logits.LAST));
            run(runner, Span.prefill(slice(tokens, 0, 30), 0, pages, Logits.NONE));
            var firstLayer = new Layers(0, 1, runner.layerCount());
            run(runner, Span.prefill(new int[] {1, 2, 3}, 30, pages, Logits.NONE, firstLayer));
            assertThat(run(runner, Span.prefill(slice(tokens, 30, tokens.length), 30, pages, Logits.LAST)))
                    .isEqualTo(whole);
        }
    }

    @Test
    void refusesLayersOutOfOrder() throws IOException {
        int[] pages = {5, 2, 7};
        try (TorchRunner runner = load("llama-gqa", Precision.INT8)) {
            int layers = runner.layerCount();
            Span first = Span.prefill(new int[] {1, 2}, 0, pages, Logits.NONE, new Layers(0, 1, layers));
            Span next = Span.prefill(new int[] {1, 2}, 0, pages, Logits.LAST, new Layers(1, layers, layers));
            Span other = Span.prefill(new int[] {3}, 0, pages, Logits.LAST, new Layers(1, layers, layers));
            assertThatThrownBy(() -> run(runner, next)).isInstanceOf(ModelRunnerException.class);
            run(runner, first);
            assertThatThrownBy(() -> run(runner, other)).isInstanceOf(ModelRunnerException.class);
            run(runner, first);
            run(runner, next);
            assertThatThrownBy(() -> run(runner, next)).isInstanceOf(ModelRunnerException.class);
        }
    }

    /**
     * Matrix products of a few rows add in another order than those of many. It takes many sums for one of them to show it behind the
     * rounding to bf16, so these are many prompts.
     */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void prefillsTheLastTokensOfAPromptToTheSameBitsAlone(Precision precision) throws IOException {
        int[] pages = {5, 2, 7};
        try (TorchRunner runner = load("llama-gqa", precision)) {
            for (int prompt = 0; prompt < 30; prompt++) {
                int[] tokens = new SplittableRandom(prompt)
                        .ints(180, 0, runner.vocabularySize())
                        .toArray();
                float[] whole = run(runner, Span.prefill(tokens, 0, pages, Logits.ALL));
                int width = runner.vocabularySize();
                for (int first = 100, size = 1; first + size <= tokens.length; first += size, size = size % 4 + 1) {
                    int[] chunk = slice(tokens, first, first + size);
                    assertThat(run(runner, Span.prefill(chunk, first, pages, Logits.ALL)))
                            .as("prompt %d, %d tokens at %d", prompt, size, first)
                            .isEqualTo(Arrays.copyOfRange(whole, first * width, (first + size) * width));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama-gqa, BF16, 0.05",
        "llama-gqa, INT8, 0.2",
        "qwen2, BF16, 0.05",
        "qwen2, INT8, 0.2",
        "qwen3, BF16, 0.05",
        "qwen3, INT8, 0.2"
    })
    void staysNearTheReferenceInLowerPrecision(String model, Precision precision, double bound) throws IOException {
        Reference reference = Reference.of(model);
        try (TorchRunner runner = load(model, precision)) {
            float[] logits = run(runner, Span.prefill(reference.tokens(), 0, new int[] {5, 2}, Logits.ALL));
            assertThat(reference.relativeError(logits)).isLessThan(bound);
        }
    }

    /** Every processor runs these; those with AVX512 choose others. */
    @ParameterizedTest
    @CsvSource({
        "llama-gqa, BF16, 0.05",
        "llama-gqa, INT8, 0.2",
        "qwen2, BF16, 0.05",
        "qwen2, INT8, 0.2",
        "qwen3, BF16, 0.05",
        "qwen3, INT8, 0.2"
    })
    void staysNearTheReferenceWithoutAvx512(String model, Precision precision, double bound) throws IOException {
        Reference reference = Reference.of(model);
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path(model));
                TorchRunner runner = TorchRunner.load(
                        checkpoint.config(),
                        checkpoint,
                        new TorchSettings(precision, 1, 200, PAGES),
                        Operators.CPU_AVX2)) {
            float[] logits = run(runner, Span.prefill(reference.tokens(), 0, new int[] {5, 2}, Logits.ALL));
            assertThat(reference.relativeError(logits)).isLessThan(bound);
        }
    }

    @Test
    void readsTheClockInsideTheModelOnTimedStepsOnly() throws IOException {
        try (TorchRunner runner = load("llama-gqa", Precision.FLOAT32)) {
            StepPlan plan = new StepPlan(List.of(Span.prefill(new int[] {3, 4}, 0, new int[] {0}, Logits.LAST)));
            assertThat(runner.run(plan, false).timings()).isEmpty();
            assertThat(runner.run(plan, true).timings()).hasValueSatisfying(timings -> {
                assertThat(timings.projectionNanos()).isPositive();
                assertThat(timings.attentionNanos()).isPositive();
                assertThat(timings.feedForwardNanos()).isPositive();
                assertThat(timings.headNanos()).isPositive();
                assertThat(timings.onceNanos()).isPositive();
            });
        }
    }

    @Test
    void failsAStepWithABadTokenAndRunsTheNext() throws IOException {
        Reference reference = Reference.of("llama-gqa");
        try (TorchRunner runner = load("llama-gqa", Precision.FLOAT32)) {
            Span bad = Span.prefill(new int[] {100_000}, 0, new int[] {0}, Logits.LAST);
            assertThatThrownBy(() -> run(runner, bad)).isInstanceOf(ModelRunnerException.class);
            Span good = Span.prefill(slice(reference.tokens(), 0, 1), 0, new int[] {0}, Logits.LAST);
            assertThat(run(runner, good)).containsExactly(reference.rows(0, 1), within(1e-4f));
        }
    }

    @Test
    void refusesAContextLongerThanTheSlidingWindow() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("mistral"))) {
            TorchSettings settings = new TorchSettings(Precision.FLOAT32, 1, 67, 2);
            assertThatThrownBy(() -> TorchRunner.load(checkpoint.config(), checkpoint, settings))
                    .hasMessage("contextLength must be <= the model's 66: 67");
        }
    }

    @Test
    void loadingEndsWhenTheThreadIsInterrupted() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"))) {
            TorchSettings settings = new TorchSettings(Precision.FLOAT32, 1, 64, 1);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> TorchRunner.load(checkpoint.config(), checkpoint, settings))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).as("stays interrupted").isTrue();
        }
        load("llama-gqa", Precision.FLOAT32).close();
    }

    @Test
    void refusesAContextLongerThanTheModels() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"))) {
            TorchSettings settings = new TorchSettings(Precision.FLOAT32, 1, 513, 1);
            assertThatThrownBy(() -> TorchRunner.load(checkpoint.config(), checkpoint, settings))
                    .hasMessage("contextLength must be <= the model's 512: 513");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT32", "INT8"})
    void countsThePageBytesOfAllLayers(Precision precision) throws IOException {
        try (TorchRunner runner = load("llama-gqa", precision)) {
            long numbers = 2L * 2 * 2 * 8 * 64; // keys and values, layers, heads, width, positions
            assertThat(runner.pageBytes()).isEqualTo(numbers * precision.kvBytes());
            assertThat(runner.pageCount()).isEqualTo(PAGES);
        }
    }
}
