package io.vitrine.model;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The oracle and the decoder, which agrees with {@code transformers}, want the same tokens of the tiny models. */
class PlainDecoderTest {

    @ParameterizedTest
    @ValueSource(strings = {"llama-gqa", "llama-untied", "qwen2"})
    void wantsTheTokensOfTheDecoder(String model) throws IOException {
        int[] tokens = IntStream.range(1, 40).map(index -> index * 7 % 60).toArray();
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path(model));
                TorchRunner runner = TorchRunner.load(
                        checkpoint.config(), checkpoint, new TorchSettings(Precision.FLOAT32, 1, 64, 1))) {
            var logits = runner.run(new StepPlan(List.of(Span.prefill(tokens, 0, new int[] {0}, Logits.ALL))), false)
                    .logits();
            int width = runner.vocabularySize();
            int[] expected = IntStream.range(0, tokens.length)
                    .map(row -> IntStream.range(0, width)
                            .reduce((a, b) -> logits.get(row * width + b) > logits.get(row * width + a) ? b : a)
                            .getAsInt())
                    .toArray();
            assertThat(new PlainDecoder(checkpoint.config(), checkpoint).mostLikely(tokens, 0))
                    .isEqualTo(expected);
        }
    }
}
