package io.vitrine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.quality.Int8Quality;
import io.vitrine.model.text.ChatMessage;
import io.vitrine.model.text.ChatTemplates;
import io.vitrine.model.text.ControlTokens;
import io.vitrine.model.text.JinjaChatTemplate;
import io.vitrine.model.text.jinja.JinjaTemplate;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.GgufFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Qwen2.5-Coder-0.5B-Instruct, only where {@code -Dvitrine.models=DIR} names the folder that {@code
 * loadtest/models/fetch-qwen-coder.sh} has filled: the file comes without a licence text, so it is neither shipped nor
 * fetched by a build.
 */
@TestInstance(Lifecycle.PER_CLASS)
class QwenCoderIT {

    private static final String NAME = "qwen2.5-coder-0.5b-instruct.gguf";
    private static final int CONTEXT = 512;
    private static final int[] PAGES =
            IntStream.range(0, CONTEXT / TorchSettings.PAGE_POSITIONS).toArray();
    private static final int ANSWER = 24;

    private Path file;
    private Checkpoint checkpoint;
    private ModelText text;

    @BeforeAll
    void open() throws IOException {
        String folder = System.getProperty("vitrine.models");
        assumeThat(folder)
                .as("-Dvitrine.models, the folder that holds %s", NAME)
                .isNotNull();
        file = Path.of(folder, NAME);
        assertThat(file).exists();
        checkpoint = Checkpoint.open(file);
        text = ModelText.open(file, checkpoint);
    }

    @AfterAll
    void close() {
        if (text != null) {
            text.close();
            checkpoint.close();
        }
    }

    private TorchRunner load(Precision precision) {
        return TorchRunner.load(
                checkpoint.config(), checkpoint, new TorchSettings(precision, 2, CONTEXT, PAGES.length));
    }

    /** The oracle takes the decoder's own answer as its text, so one near tie does not carry all that follow. */
    @Test
    void continuesGreedilyAsThePlainDecoder() {
        int[] prompt = text.tokenizer().encode("def fibonacci(n):\n    ", true);
        int[] all = Arrays.copyOf(prompt, prompt.length + ANSWER);
        try (TorchRunner runner = load(Precision.FLOAT32)) {
            int[] answer = greedily(runner, prompt, ANSWER);
            System.arraycopy(answer, 0, all, prompt.length, ANSWER);
        }
        int[] expected = new PlainDecoder(checkpoint.config(), checkpoint)
                .mostLikely(Arrays.copyOf(all, all.length - 1), prompt.length - 1);
        System.out.println("Qwen2.5-Coder: " + text.tokenizer().decode(all));
        assertThat(Arrays.copyOfRange(all, prompt.length, all.length)).isEqualTo(expected);
    }

    private static int[] greedily(TorchRunner runner, int[] prompt, int count) {
        int[] answer = new int[count];
        int[] tokens = prompt;
        int position = 0;
        for (int index = 0; index < count; index++) {
            var span = Span.prefill(tokens, position, PAGES, Logits.LAST);
            var logits = runner.run(new StepPlan(List.of(span)), false).logits();
            answer[index] = IntStream.range(0, runner.vocabularySize())
                    .reduce((best, id) -> logits.get(id) > logits.get(best) ? id : best)
                    .getAsInt();
            position += tokens.length;
            tokens = new int[] {answer[index]};
        }
        return answer;
    }

    @Test
    void answersInChatAndEndsItsTurn() {
        String prompt = text.chatTemplate()
                .orElseThrow()
                .render(List.of(new ChatMessage("user", "What is the capital of France? Answer in one word.")))
                .text();
        assertThat(prompt)
                .isEqualTo("<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant."
                        + "<|im_end|>\n<|im_start|>user\nWhat is the capital of France? Answer in one word.<|im_end|>\n"
                        + "<|im_start|>assistant\n");
        try (TorchRunner runner = load(Precision.INT8)) {
            int[] answer = greedily(runner, text.tokenizer().encode(prompt, true), 8);
            List<Integer> said = new ArrayList<>();
            for (int token : answer) {
                if (text.endOfTextIds().contains(token)) {
                    break;
                }
                said.add(token);
            }
            assertThat(said).hasSizeLessThan(answer.length);
            assertThat(text.tokenizer()
                            .decode(said.stream().mapToInt(Integer::intValue).toArray()))
                    .startsWith("Paris");
        }
    }

    @Test
    void itsTemplateWritesToolsAsJson() {
        JinjaChatTemplate template = ChatTemplates.fromGguf(
                        ((GgufFile) checkpoint).metadata(), Clock.systemUTC(), List.of(), ControlTokens.EVERYWHERE)
                .orElseThrow();
        Map<String, Object> tool = Map.of("type", "function", "function", Map.of("name", "weather"));
        String prompt = new JinjaTemplate(template.source())
                .render(
                        Map.of(
                                "messages", List.of(Map.of("role", "user", "content", "Rain?")),
                                "tools", List.of(tool),
                                "add_generation_prompt", true),
                        ZonedDateTime.now(ZoneOffset.UTC));
        assertThat(prompt)
                .contains("# Tools", "<tools>\n{\"", "\"name\": \"weather\"", "}\n</tools>", "<tool_call>")
                .endsWith("<|im_start|>user\nRain?<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void int8QualityIsMeasuredOnceAndDecidesAuto() throws IOException {
        Int8Quality quality = Int8Quality.measure(file, checkpoint, 2);
        System.out.println("Qwen2.5-Coder: " + quality);
        assertThat(quality.increase()).isBetween(-0.05, 0.15);
        assertThat(Int8Quality.kept(file)).contains(quality);
        assertThat(Files.size(file)).isEqualTo(491_400_064L);
    }
}
