package io.vitrine.model.torch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import ai.djl.engine.StandardCapabilities;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.PoisonedWeights;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.model.torch.Precision.BF16;
import static io.vitrine.model.torch.Precision.FLOAT32;
import static io.vitrine.model.torch.Runs.run;
import static io.vitrine.model.torch.Runs.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What the decoder does on a GPU: done on one where libtorch has it, and else on the processor. That leaves open whether every tensor
 * lies where its operator looks for it, and the numbers of CUDA's own kernels.
 */
class GpuOperatorsTest {

    private static final int PAGES = 12;

    /** The real thing where there is one. */
    private static final TorchDevice DEVICE =
            LibTorch.hasCapability(StandardCapabilities.CUDA) ? TorchDevice.cuda(0) : TorchDevice.CPU;

    private static TorchRunner load(String model, Precision precision) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path(model))) {
            int context = Math.min(200, checkpoint.config().contextLength());
            TorchSettings settings = new TorchSettings(DEVICE, precision, 1, context, PAGES);
            return TorchRunner.load(checkpoint.config(), checkpoint, settings, Operators.GPU);
        }
    }

    @Test
    void agreeWithTheReferenceWhereStepsShareTheLayersOfAChunk() throws IOException {
        Reference reference = Reference.of("llama-gqa");
        int[] tokens = reference.tokens();
        int[] pages = {5, 2};
        try (TorchRunner runner = load("llama-gqa", FLOAT32)) {
            run(runner, Span.prefill(slice(tokens, 0, 9), 0, new int[] {6}, Logits.NONE));
            Span decoding = Span.decode(slice(tokens, 9, 10), 9, new int[] {6});
            int layers = runner.layerCount();
            for (int layer = 0; layer < layers - 1; layer++) {
                var one = new Layers(layer, layer + 1, layers);
                assertThat(run(runner, decoding, Span.prefill(tokens, 0, pages, Logits.NONE, one)))
                        .containsExactly(reference.rows(9, 1), within(1e-4f));
            }
            var last = new Layers(layers - 1, layers, layers);
            assertThat(run(runner, Span.prefill(tokens, 0, pages, Logits.ALL, last)))
                    .containsExactly(reference.logits(), within(1e-4f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-gqa", "llama-untied", "llama-linear-bf16", "mistral", "qwen2", "qwen3"})
    void agreeWithTheReferenceInOnePassInChunksAndTokenByToken(String model) throws IOException {
        Reference reference = Reference.of(model);
        int[] tokens = reference.tokens();
        try (TorchRunner runner = load(model, FLOAT32)) {
            float[] whole = run(runner, Span.prefill(tokens, 0, new int[] {5, 2}, Logits.ALL));
            assertThat(whole).containsExactly(reference.logits(), within(1e-4f));
            for (int first = 0; first < tokens.length; first += 23) {
                int[] chunk = slice(tokens, first, first + 23);
                float[] logits = run(runner, Span.prefill(chunk, first, new int[] {0, 7, 9}, Logits.ALL));
                assertThat(logits).containsExactly(reference.rows(first, chunk.length), within(1e-4f));
            }
            for (int position = 0; position < tokens.length; position++) {
                float[] logits =
                        run(runner, Span.decode(slice(tokens, position, position + 1), position, new int[] {3, 1, 4}));
                assertThat(logits).containsExactly(reference.rows(position, 1), within(1e-4f));
            }
        }
    }

    @Test
    void giveRowsOfDifferentLengthAndAChunkTheirOwnLogits() throws IOException {
        Reference reference = Reference.of("llama-gqa");
        int[] tokens = reference.tokens();
        try (TorchRunner runner = load("llama-gqa", FLOAT32)) {
            run(runner, Span.prefill(slice(tokens, 0, 70), 0, new int[] {11, 3}, Logits.NONE));
            run(runner, Span.prefill(slice(tokens, 0, 9), 0, new int[] {6}, Logits.NONE));
            float[] logits = run(
                    runner,
                    Span.decode(slice(tokens, 70, 71), 70, new int[] {11, 3}), // two pages
                    Span.decode(slice(tokens, 9, 10), 9, new int[] {6}), // one page
                    Span.prefill(slice(tokens, 0, 40), 0, new int[] {8}, Logits.LAST));
            assertThat(rows(logits, 0, 1)).containsExactly(reference.rows(70, 1), within(1e-4f));
            assertThat(rows(logits, 1, 2)).containsExactly(reference.rows(9, 1), within(1e-4f));
            assertThat(rows(logits, 2, 3)).containsExactly(reference.rows(39, 1), within(1e-4f));
        }
    }

    private static float[] rows(float[] logits, int from, int to) {
        int width = logits.length / 3;
        return Arrays.copyOfRange(logits, from * width, to * width);
    }

    @ParameterizedTest
    @EnumSource(Operators.class)
    void readNoPageOfAnotherSequence(Operators operators) throws IOException {
        Processor.assumeRuns(operators, BF16);
        int[] tokens = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-untied"));
                TorchRunner runner = TorchRunner.load(
                        checkpoint.config(),
                        new PoisonedWeights(checkpoint, 0, Float.NaN),
                        new TorchSettings(operators == Operators.GPU ? DEVICE : TorchDevice.CPU, BF16, 1, 200, PAGES),
                        operators)) {
            Span longRow = Span.decode(new int[] {3}, 64, new int[] {11, 3});
            Span shortRow = Span.decode(new int[] {4}, tokens.length, new int[] {6}); // a page fewer
            run(runner, Span.prefill(tokens, 0, new int[] {6}, Logits.NONE));
            int[] fullPage = IntStream.range(1, 65).toArray(); // what no sequence has written may be anything
            run(runner, Span.prefill(fullPage, 0, new int[] {11}, Logits.NONE));
            float[] before = run(runner, longRow, shortRow);
            run(runner, Span.prefill(new int[64], 0, new int[] {0}, Logits.NONE));
            assertThat(run(runner, longRow, shortRow)).isEqualTo(before).doesNotContain(Float.NaN);
        }
    }

    @ParameterizedTest
    @CsvSource({"llama-gqa, 0.05", "qwen2, 0.05", "qwen3, 0.05"})
    void stayNearTheReferenceInBf16(String model, double bound) throws IOException {
        Reference reference = Reference.of(model);
        int[] tokens = reference.tokens();
        try (TorchRunner runner = load(model, BF16)) {
            float[] whole = run(runner, Span.prefill(tokens, 0, new int[] {5, 2}, Logits.ALL));
            assertThat(reference.relativeError(whole)).isLessThan(bound);
            float[] decoded = new float[whole.length];
            for (int position = 0; position < tokens.length; position++) {
                float[] row =
                        run(runner, Span.decode(slice(tokens, position, position + 1), position, new int[] {3, 1, 4}));
                System.arraycopy(row, 0, decoded, position * row.length, row.length);
            }
            assertThat(reference.relativeError(decoded)).isLessThan(bound);
        }
    }

    @Test
    void areTimedToo() throws IOException {
        try (TorchRunner runner = load("llama-gqa", BF16)) {
            StepPlan plan = new StepPlan(List.of(Span.prefill(new int[] {3, 4}, 0, new int[] {0}, Logits.LAST)));
            assertThat(runner.run(plan, true).timings()).hasValueSatisfying(timings -> {
                assertThat(timings.projectionNanos()).isPositive();
                assertThat(timings.attentionNanos()).isPositive();
                assertThat(timings.feedForwardNanos()).isPositive();
                assertThat(timings.headNanos()).isPositive();
                assertThat(timings.onceNanos()).isPositive();
            });
        }
    }

    /** A tensor made on the processor would be found by a GPU only. */
    @Test
    void workOnTensorsThatWereMadeOnTheDecodersDevice() throws IOException {
        try (InputStream source =
                Objects.requireNonNull(TorchRunner.class.getResourceAsStream("decoder.torchscript"))) {
            List<String> makers = new String(source.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(Pattern.compile("torch\\.(arange|empty|full|ones|zeros)\\(")
                            .asPredicate())
                    .toList();
            assertThat(makers).hasSizeGreaterThan(10).allSatisfy(line -> assertThat(
                            occurrences(line, "device=(self\\.here\\.device|torch\\.device\\(device\\))"))
                    .isEqualTo(occurrences(line, "torch\\.(arange|empty|full|ones|zeros)\\(")));
        }
    }

    private static long occurrences(String line, String pattern) {
        return Pattern.compile(pattern).matcher(line).results().count();
    }
}
