package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A vocabulary so large that a step's tokens are drawn on several threads. */
@Timeout(60)
class SamplingThreadsTest {

    private static final int VOCABULARY = 60_000;
    private static final int REQUESTS = 8;
    private static final int TOKENS = 6;
    /** The prompt of the request whose logits are unusable at its third token. */
    private static final int POISONED = 5;

    private final List<StepReport> reports = Collections.synchronizedList(new ArrayList<>());
    /** Seen while tokens were handed over. */
    private final Set<Thread> samplers = ConcurrentHashMap.newKeySet();

    private long sampledNanos;
    private long tick;

    @Test
    void drawsTheSameTokensOnAnyNumberOfThreads() {
        List<List<GeneratedToken>> alone = answers(1);
        assertThat(alone).doesNotHaveDuplicates();

        for (int count : new int[] {2, 3, 16}) {
            assertThat(answers(count)).as("%d threads", count).isEqualTo(alone);
        }
    }

    @Test
    void aRowThatCannotBeDrawnEndsItsOwnRequestOnly() {
        List<List<GeneratedToken>> answers = answers(3);

        assertThat(answers.get(POISONED)).hasSize(2);
        answers.remove(POISONED);
        assertThat(answers).allMatch(answer -> answer.size() == TOKENS);
    }

    @Test
    void sharesTheTimeOfAStepAmongItsTokensToTheNanosecond() {
        answers(4);

        assertThat(sampledNanos)
                .isPositive()
                .isEqualTo(reports.stream().mapToLong(StepReport::samplingNanos).sum());
    }

    @Test
    void endsItsThreadsWithTheEngine() throws InterruptedException {
        answers(4);

        assertThat(samplers).hasSizeGreaterThanOrEqualTo(3);
        for (Thread sampler : samplers) {
            sampler.join(20_000);
            assertThat(sampler.isAlive()).isFalse();
        }
    }

    private boolean noteSamplers(GeneratedToken token) {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vitrine-sampler-"))
                .forEach(samplers::add);
        return true;
    }

    private List<List<GeneratedToken>> answers(int threadCount) {
        var runner = new ScriptedRunner(VOCABULARY, 64, 4, 64, SamplingThreadsTest::logits).onThreads(threadCount);
        var settings = new EngineSettings(REQUESTS, REQUESTS, 64, 0, 0, 4);
        var gate = runner.holdAt(0);
        List<RecordingTokenSink> sinks = new ArrayList<>();
        try (var engine = new Engine(runner, settings, reports::add, this::nanoTime)) {
            for (int index = 0; index < REQUESTS; index++) {
                var sink = new RecordingTokenSink(this::noteSamplers);
                sinks.add(sink);
                engine.submit(request(index), sink, new Sampled());
            }
            gate.release();
            sinks.forEach(RecordingTokenSink::awaitEnd);
        }
        runner.requireNoViolation();
        List<List<GeneratedToken>> answers = new ArrayList<>();
        sinks.forEach(sink -> answers.add(sink.tokens()));
        return answers;
    }

    /** Not divisible by the number of draws. */
    private synchronized long nanoTime() {
        return tick += 1_001;
    }

    private static void logits(int[] tokens, float[] row) {
        var random = new SplittableRandom(tokens[tokens.length - 1] * 31L + tokens.length);
        for (int id = 0; id < row.length; id++) {
            row[id] = (float) (6 * random.nextDouble());
        }
        if (tokens[0] == POISONED && tokens.length == 3) {
            row[7] = Float.NaN;
        }
    }

    private static GenerationRequest request(int index) {
        double topP = index % 2 == 0 ? 1 : 0.9;
        var sampling = new SamplingParams(index == 0 ? 0 : 1, 0, topP, 0, 1, 0.5, 0, Map.of(), index);
        return new GenerationRequest(
                "r" + index,
                new int[] {index},
                TOKENS,
                Set.of(),
                sampling,
                2,
                Long.MAX_VALUE,
                PriorityClass.NORMAL,
                "");
    }

    private final class Sampled implements GenerationListener {
        @Override
        public void tokenSampled(long startNanos, long endNanos) {
            sampledNanos += endNanos - startNanos;
        }
    }
}
