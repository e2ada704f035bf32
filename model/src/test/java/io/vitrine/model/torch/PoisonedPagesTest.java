package io.vitrine.model.torch;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;

import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.PoisonedWeights;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.vitrine.model.torch.Runs.run;
import static io.vitrine.model.torch.Runs.slice;
import static org.assertj.core.api.Assertions.assertThat;

/** What a sequence that failed leaves in its pages reaches no other one. */
class PoisonedPagesTest {

    private static final int POISON = 7;
    private static final int[] PAGES = {5, 2, 7};

    private static TorchRunner load(Precision precision, Operators operators, float poison, int gathered)
            throws IOException {
        Processor.assumeRuns(operators, precision);
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-untied"))) {
            var settings = new TorchSettings(TorchDevice.CPU, precision, 1, 200, 12, gathered);
            return TorchRunner.load(
                    checkpoint.config(), new PoisonedWeights(checkpoint, POISON, poison), settings, operators);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, CPU, NaN, 256",
        "FLOAT32, CPU, Infinity, 256",
        "BF16, CPU, NaN, 256",
        "BF16, CPU_AVX2, NaN, 256",
        "BF16, CPU_AVX2, Infinity, 256",
        "BF16, GPU, NaN, 256",
        "BF16, GPU, Infinity, 256",
        "INT8, CPU, NaN, 256",
        "INT8, CPU, Infinity, 256",
        "INT8, CPU, NaN, 0",
        "INT8, CPU, -Infinity, 256",
        "INT8, CPU_AVX2, NaN, 256",
        "INT8, CPU_AVX2, Infinity, 256"
    })
    void aLaterSequenceInThePagesOfAFailedOneIsWell(
            Precision precision, Operators operators, float poison, int gathered) throws IOException {
        try (TorchRunner runner = load(precision, operators, poison, gathered)) {
            int[] tokens = new SplittableRandom(1)
                    .ints(140, 8, runner.vocabularySize())
                    .toArray();
            float[] well = answer(runner, tokens);
            assertThat(well).doesNotContain(Float.NaN);

            int[] poisoned = tokens.clone();
            poisoned[3] = POISON;
            poisoned[100] = POISON;
            float[] failed = run(runner, Span.prefill(poisoned, 0, PAGES, Logits.LAST));
            assertThat(failed).contains(Float.NaN);
            run(runner, Span.decode(new int[] {POISON, POISON, 8}, 140, PAGES));
            assertThat(answer(runner, tokens)).isEqualTo(well);

            // Given up amid its layers, and beside a sequence that is well.
            var some = new Layers(0, 1, runner.layerCount());
            run(runner, Span.prefill(poisoned, 0, PAGES, Logits.NONE, some));
            assertThat(answer(runner, tokens)).isEqualTo(well);
            Span beside = Span.prefill(slice(poisoned, 0, 60), 0, new int[] {1}, Logits.LAST);
            run(runner, Span.prefill(slice(tokens, 0, 50), 0, PAGES, Logits.NONE), beside);
            run(runner, Span.prefill(slice(tokens, 50, 100), 50, PAGES, Logits.NONE), beside);
            float[] both = run(runner, beside, Span.prefill(slice(tokens, 100, 140), 100, PAGES, Logits.ALL));
            assertThat(lastOf(both, both.length - runner.vocabularySize())).doesNotContain(Float.NaN);
        }
    }

    private static float[] lastOf(float[] values, int from) {
        return Arrays.copyOfRange(values, from, values.length);
    }

    /** The logits of a prompt in two chunks, and of tokens decoded after it, the last ones behind a page's end. */
    private static float[] answer(TorchRunner runner, int[] tokens) {
        run(runner, Span.prefill(slice(tokens, 0, 30), 0, PAGES, Logits.NONE));
        float[] prompt = run(runner, Span.prefill(slice(tokens, 30, 60), 30, PAGES, Logits.ALL));
        float[] decoded = new float[0];
        for (int position = 60; position < 70; position++) {
            decoded = run(runner, Span.decode(slice(tokens, position, position + 1), position, PAGES));
        }
        float[] answer = Arrays.copyOf(prompt, prompt.length + decoded.length);
        System.arraycopy(decoded, 0, answer, prompt.length, decoded.length);
        return answer;
    }
}
