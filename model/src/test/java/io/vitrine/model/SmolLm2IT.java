package io.vitrine.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.quality.Perplexity;
import io.vitrine.model.text.ChatMessage;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.model.torch.CpuFeatures;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The default model: what it says is pinned, and the faster precisions are held to float32. */
@TestInstance(Lifecycle.PER_CLASS)
class SmolLm2IT {

    private static final int CONTEXT = 1024;
    private static final int[] PAGES =
            IntStream.range(0, CONTEXT / TorchSettings.PAGE_POSITIONS).toArray();

    private Checkpoint checkpoint;
    private ModelText text;

    @BeforeAll
    void open() throws IOException, InterruptedException {
        checkpoint = Checkpoint.open(SmolLm2.gguf());
        text = ModelText.open(SmolLm2.gguf(), checkpoint);
    }

    @AfterAll
    void close() {
        if (text != null) {
            text.close();
        }
        if (checkpoint != null) {
            checkpoint.close();
        }
    }

    private TorchRunner load(Precision precision) {
        TorchSettings settings = new TorchSettings(precision, 2, CONTEXT, PAGES.length);
        return TorchRunner.load(checkpoint.config(), checkpoint, settings);
    }

    /** Greedy tokens in float32, so that no rounding of a faster path can move them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    The capital of France is      | ' Paris.\\n\\nThe answer is: 2018-01-22 12:1'
                    Water boils at                | ' 100°C, which is a perfect Celsius.\\n\\nThe ratio of the heat released to the heat'
                    def fibonacci(n):             | '\\n    if n == 0:\\n        return 1\\n    return n * fibonacci(n - 1)\\n'
                    Once upon a time, there was a | ' small town nestled in the heart of a bustling city. The town was known for its vibrant arts and crafts, with a'
                    1, 2, 3, 4,                   | ' 5, 6, 7, 8, 9, 10, 11, '
                    """)
    void continuesFixedPromptsAsPinned(String prompt, String continuation) {
        try (TorchRunner runner = load(Precision.FLOAT32)) {
            assertThat(continueGreedily(runner, prompt, 24)).isEqualTo(continuation.replace("\\n", "\n"));
        }
    }

    private String continueGreedily(TorchRunner runner, String prompt, int count) {
        Tokenizer tokenizer = text.tokenizer();
        int[] tokens = tokenizer.encode(prompt, true);
        int[] answer = new int[count];
        int position = 0;
        for (int index = 0; index < count; index++) {
            Span span = Span.prefill(tokens, position, PAGES, Logits.LAST);
            answer[index] =
                    argmax(runner.run(new StepPlan(List.of(span)), false).logits(), 0);
            position += tokens.length;
            tokens = new int[] {answer[index]};
        }
        return tokenizer.decode(answer);
    }

    /** Teacher-forced: every precision sees the same text, so one different token does not carry all that follow. */
    @ParameterizedTest
    @CsvSource({"BF16, 0.97", "INT8, 0.92"})
    void picksTheTokenOfFloat32AtNearlyEveryPosition(Precision precision, double share) throws IOException {
        int[] novel = Arrays.copyOf(text.tokenizer().encode(prideAndPrejudice(), true), 500);
        int[] expected = mostLikely(Precision.FLOAT32, novel);
        int[] actual = mostLikely(precision, novel);
        double agreeing = IntStream.range(0, novel.length)
                .filter(index -> expected[index] == actual[index])
                .count();
        assertThat(agreeing / novel.length).isGreaterThanOrEqualTo(share);
    }

    /** Float32 is computed as a prompt only: its answers differ in the last bits. */
    @ParameterizedTest
    @CsvSource({
        "BF16, pride-and-prejudice, 0.005", "BF16, apache-license-2.0, 0.005",
        "INT8, pride-and-prejudice, 0.015", "INT8, apache-license-2.0, 0.015"
    })
    void keepsThePerplexityOfFloat32(Precision precision, String sample, double bound) throws IOException {
        int[] tokens = Arrays.copyOf(text.tokenizer().encode(sample(sample), true), 500);
        double expected;
        try (TorchRunner runner = load(Precision.FLOAT32)) {
            expected = Perplexity.of(runner, tokens, Phase.PREFILL);
        }
        try (TorchRunner runner = load(precision)) {
            for (Phase phase : Phase.values()) {
                double increase = Perplexity.of(runner, tokens, phase) / expected - 1;
                System.out.printf(Locale.ROOT, "%s, %s, %s: %+.4f%n", precision, sample, phase, increase);
                assertThat(increase).as("%s", phase).isLessThanOrEqualTo(bound);
            }
        }
    }

    /** Several pages in one call of the fused attention, and more positions than it takes at a time. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "INT8"})
    void seesTheSameBitsHoweverAPromptIsCut(Precision precision) throws IOException {
        assumeThat(CpuFeatures.ofThisMachine().flags())
                .as("flags of this processor: without AVX512, attention over other blocks sums in another order")
                .contains("avx512bw", "avx512vl", "avx512dq");
        int[] novel = Arrays.copyOf(text.tokenizer().encode(prideAndPrejudice(), true), 700);
        try (TorchRunner runner = load(precision)) {
            float[] whole = lastLogits(runner, novel, 700);
            for (int size : new int[] {512, 333, 128, 79, 64}) {
                assertThat(lastLogits(runner, novel, size))
                        .as("chunks of %d", size)
                        .isEqualTo(whole);
            }
        }
    }

    private float[] lastLogits(TorchRunner runner, int[] tokens, int size) {
        float[] logits = new float[runner.vocabularySize()];
        for (int first = 0; first < tokens.length; first += size) {
            int[] chunk = Arrays.copyOfRange(tokens, first, Math.min(tokens.length, first + size));
            runner.run(new StepPlan(List.of(Span.prefill(chunk, first, PAGES, Logits.LAST))), false)
                    .logits()
                    .get(0, logits);
        }
        return logits;
    }

    private int[] mostLikely(Precision precision, int[] tokens) {
        try (TorchRunner runner = load(precision)) {
            FloatBuffer logits = runner.run(new StepPlan(List.of(Span.prefill(tokens, 0, PAGES, Logits.ALL))), false)
                    .logits();
            return IntStream.range(0, tokens.length)
                    .map(row -> argmax(logits, row))
                    .toArray();
        }
    }

    private int argmax(FloatBuffer logits, int row) {
        int width = checkpoint.config().vocabularySize();
        float[] values = new float[width];
        logits.get(row * width, values);
        return IntStream.range(0, width)
                .reduce((best, id) -> values[id] > values[best] ? id : best)
                .getAsInt();
    }

    private static String prideAndPrejudice() throws IOException {
        return sample("pride-and-prejudice");
    }

    private static String sample(String name) throws IOException {
        try (InputStream sample = SmolLm2IT.class.getResourceAsStream("/text-samples/" + name + ".txt")) {
            return new String(Objects.requireNonNull(sample, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void writesItsOwnSystemPromptAndEndsItsTurnWithItsOwnToken() {
        String prompt = text.chatTemplate()
                .orElseThrow()
                .render(List.of(new ChatMessage("user", "Hi")))
                .text();
        assertThat(prompt)
                .isEqualTo("<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
                        + "<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
        assertThat(text.endOfTextIds().stream().map(text.tokenizer()::token)).contains("<|im_end|>");
    }
}
