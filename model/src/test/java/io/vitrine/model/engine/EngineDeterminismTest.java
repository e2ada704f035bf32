package io.vitrine.model.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import io.vitrine.model.sampling.SamplingParams;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The engine on a real decoder, a tiny one: tokens and the bits of their log-probabilities, whatever happens to a request. */
@Timeout(120)
class EngineDeterminismTest {

    private static final int CONTEXT = 200;

    private int preemptions;
    private int hitPages;
    private int acceptedTokens;

    @ParameterizedTest
    @EnumSource(
            names = {"BF16", "INT8"}) // float32 goes through a library that sums in another order for other batch sizes
    void theAnswerDoesNotDependOnWhoRunsBesideOrBefore(Precision precision) throws IOException {
        List<List<GeneratedToken>> alone = answers(precision, 40, new EngineSettings(1, 20, 512, 0, 0, 1));
        assertThat(alone).doesNotHaveDuplicates();

        assertThat(answers(precision, 40, new EngineSettings(6, 20, 512, 0, 0, 1)))
                .as("batched")
                .isEqualTo(alone);
        assertThat(preemptions + hitPages + acceptedTokens).isZero();
        assertThat(answers(precision, 40, new EngineSettings(3, 20, 512, 5, 0, 1)))
                .as("with guesses")
                .isEqualTo(alone);
        assertThat(acceptedTokens).isPositive();
        assertThat(answers(precision, 40, new EngineSettings(6, 20, 37, 0, Long.MAX_VALUE, 1)))
                .as("with shared prompts")
                .isEqualTo(alone);
        assertThat(hitPages).isPositive();
        assertThat(answers(precision, 5, new EngineSettings(6, 20, 512, 0, 0, 1)))
                .as("preempted")
                .isEqualTo(alone);
        assertThat(preemptions).isPositive();
    }

    private List<List<GeneratedToken>> answers(Precision precision, int pages, EngineSettings settings)
            throws IOException {
        preemptions = 0;
        hitPages = 0;
        acceptedTokens = 0;
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"));
                var runner = TorchRunner.load(
                        checkpoint.config(), checkpoint, new TorchSettings(precision, 1, CONTEXT, pages));
                var engine = new Engine(runner, settings, this::count, System::nanoTime)) {
            List<RecordingTokenSink> sinks = new ArrayList<>();
            for (GenerationRequest request : requests(runner.vocabularySize())) {
                var sink = new RecordingTokenSink();
                engine.submit(request, sink, GenerationListener.NONE);
                sinks.add(sink);
            }
            List<List<GeneratedToken>> answers = new ArrayList<>();
            for (RecordingTokenSink sink : sinks) {
                assertThat(sink.awaitEnd().reason()).isEqualTo(FinishReason.LENGTH);
                answers.add(sink.tokens());
            }
            return answers;
        }
    }

    private void count(StepReport report) {
        preemptions += report.preemptionCount();
        hitPages += report.cacheCounts().hitPages();
        acceptedTokens += report.acceptedTokens();
    }

    /** They begin alike, for a page or none, and their answers fill another one. */
    private static List<GenerationRequest> requests(int vocabularySize) {
        var random = new SplittableRandom(1);
        int[] common = random.ints(140, 0, vocabularySize).toArray();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int[] prompt = new int[30 + 13 * i];
            System.arraycopy(common, 0, prompt, 0, prompt.length);
            prompt[prompt.length - 1] = i;
            // Half of the answers have two words, and so what was said before comes again.
            Map<Integer, Double> bias = i % 4 < 2 ? Map.of() : Map.of(3, 90.0, 4, 90.0);
            var sampling = new SamplingParams(i % 2, 0, 1, 0, i % 4 < 2 ? 1.1 : 1, 0, 0, bias, i);
            requests.add(new GenerationRequest(
                    "r" + i, prompt, 70, Set.of(), sampling, 1, Long.MAX_VALUE, PriorityClass.NORMAL, ""));
        }
        return requests;
    }
}
