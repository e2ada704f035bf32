package io.vitrine.model.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import io.vitrine.model.sampling.SamplingParams;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.PoisonedWeights;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One request makes the model compute NaN: it fails, and every other one, beside it and after it in its pages, is well.
 */
@Timeout(120)
class PoisonedRequestTest {

    private static final int POISON = 7;

    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "INT8"}) // the fastest of a processor without AVX512's bf16 are among them
    void failsAloneAndLeavesNothingBehind(Precision precision) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-untied"));
                var runner = TorchRunner.load(
                        checkpoint.config(),
                        new PoisonedWeights(checkpoint, POISON, Float.NaN),
                        new TorchSettings(precision, 1, 200, 6));
                var engine = new Engine(
                        runner, new EngineSettings(2, 20, 64, 4, Long.MAX_VALUE, 1), listener(), System::nanoTime)) {
            int[] prompt = new SplittableRandom(2)
                    .ints(100, 8, runner.vocabularySize())
                    .toArray();
            int[] poisoned = prompt.clone();
            poisoned[80] = POISON;
            List<Integer> expected = well(engine, prompt, "first");
            for (int round = 0; round < 4; round++) {
                var failed = submit(engine, poisoned, "same");
                var beside = submit(engine, prompt, "beside" + round);
                assertThat(failed.awaitEnd().reason()).isEqualTo(FinishReason.UNUSABLE_LOGITS);
                assertThat(failed.awaitEnd().usage().cachedTokens()).isZero();
                assertThat(beside.awaitEnd().reason()).isEqualTo(FinishReason.LENGTH);
                assertThat(beside.tokenIds()).isEqualTo(expected);
                assertThat(well(engine, prompt, "after" + round)).isEqualTo(expected);
            }
            assertThat(failures).hasSize(4).allMatch(failure -> failure.contains("NaN"));
            assertThat(engine.healthy()).isTrue();
        }
    }

    private EngineListener listener() {
        return new EngineListener() {
            @Override
            public void stepEnded(StepReport report) {}

            @Override
            public void requestFailed(String requestId, Throwable cause) {
                failures.add(requestId + ": " + cause.getMessage());
            }
        };
    }

    private static List<Integer> well(Engine engine, int[] prompt, String salt) {
        var sink = submit(engine, prompt, salt);
        assertThat(sink.awaitEnd().reason()).isEqualTo(FinishReason.LENGTH);
        return sink.tokenIds();
    }

    private static RecordingTokenSink submit(Engine engine, int[] prompt, String salt) {
        var sink = new RecordingTokenSink();
        var request = new GenerationRequest(
                salt, prompt, 30, Set.of(), SamplingParams.GREEDY, -1, Long.MAX_VALUE, PriorityClass.NORMAL, salt);
        engine.submit(request, sink, GenerationListener.NONE);
        return sink;
    }
}
