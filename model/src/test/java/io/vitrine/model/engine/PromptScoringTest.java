package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class PromptScoringTest {

    /** Keeps the scores, and what came in which order. */
    private static final class Sink implements TokenSink {

        private final List<PromptToken> scores = new ArrayList<>();
        private final List<Integer> answer = new ArrayList<>();
        private final CompletableFuture<FinishReason> end = new CompletableFuture<>();
        private boolean scoredLate;

        @Override
        public void promptToken(PromptToken token) {
            scores.add(token);
            scoredLate |= !answer.isEmpty();
        }

        @Override
        public boolean token(GeneratedToken token) {
            answer.add(token.tokenId());
            return true;
        }

        @Override
        public void ended(FinishReason reason, GenerationUsage usage) {
            end.complete(reason);
        }
    }

    private static GenerationRequest scored(String salt, int maxTokens, int... prompt) {
        return new GenerationRequest(
                "r",
                prompt,
                maxTokens,
                Set.of(),
                0,
                null,
                SamplingParams.GREEDY,
                GenerationRequest.NO_LOGPROBS,
                2,
                Long.MAX_VALUE,
                PriorityClass.NORMAL,
                salt);
    }

    private static void requireScores(Sink sink, int[] prompt) {
        assertThat(sink.end.join()).isEqualTo(FinishReason.LENGTH);
        assertThat(sink.scoredLate).isFalse();
        assertThat(sink.scores)
                .extracting(PromptToken::index)
                .containsExactlyElementsOf(
                        IntStream.range(1, prompt.length).boxed().toList());
        double wanted = -Math.log(1 + 99 * Math.exp(-ScriptedRunner.WANTED));
        for (PromptToken score : sink.scores) {
            boolean expected = score.tokenId() == prompt[score.index() - 1] + 1;
            assertThat(score.tokenId()).isEqualTo(prompt[score.index()]);
            assertThat(score.logprob())
                    .isCloseTo((float) (expected ? wanted : wanted - ScriptedRunner.WANTED), within(1e-4f));
            assertThat(score.rank()).isEqualTo(expected ? 1 : 2);
            assertThat(score.top()).hasSize(2);
        }
    }

    @Test
    void everyTokenButTheFirstIsScoredInChunks() {
        int[] prompt = {1, 2, 3, 9, 10, 11, 12, 13, 14, 15, 16, 17, 3, 4, 5, 6, 7, 8, 9, 10};
        try (var fixture = new EngineFixture()) {
            var sink = new Sink();
            fixture.engine.submit(scored("a", 2, prompt), sink, GenerationListener.NONE);
            requireScores(sink, prompt);
            assertThat(sink.answer).containsExactly(11, 12);
        }
    }

    @Test
    void aPromptOfOneTokenHasNoScore() {
        try (var fixture = new EngineFixture()) {
            var sink = new Sink();
            fixture.engine.submit(scored("a", 1, 5), sink, GenerationListener.NONE);
            requireScores(sink, new int[] {5});
            assertThat(sink.answer).containsExactly(6);
        }
    }

    @Test
    void aPreemptionScoresNothingTwice() {
        // Pages for one and a half: the second is preempted while the first grows, and comes back.
        var runner = new ScriptedRunner(EngineFixture.VOCABULARY, 64, 4, 14, ScriptedRunner.counting());
        int[] prompt = IntStream.range(1, 13).toArray();
        try (var fixture = new EngineFixture(EngineFixture.SETTINGS, runner)) {
            List<Sink> sinks = new ArrayList<>();
            for (String salt : List.of("a", "b")) {
                sinks.add(new Sink());
                fixture.engine.submit(scored(salt, 30, prompt), sinks.get(sinks.size() - 1), GenerationListener.NONE);
            }
            sinks.forEach(sink -> requireScores(sink, prompt));
            assertThat(fixture.reports.stream()
                            .mapToInt(StepReport::preemptionCount)
                            .sum())
                    .isPositive();
        }
    }
}
