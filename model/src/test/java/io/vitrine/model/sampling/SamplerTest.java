package io.vitrine.model.sampling;

import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class SamplerTest {

    private static final int[] NO_PROMPT = {};
    private static final float[] ROW = {0.5f, 2, -1, 1.5f, 0, 1};

    @Test
    void greedyTakesTheMostLikely() {
        assertThat(draw(SamplingParams.GREEDY, NO_PROMPT, 5, ROW)).containsExactly(1, 1, 1, 1, 1);
    }

    @Test
    void topKOfOneIsGreedy() {
        assertThat(draw(params(2, 1, 1, 0, 3), NO_PROMPT, 50, ROW)).containsOnly(1);
    }

    @Test
    void repeatsForASeedAndNotForAnother() {
        for (SamplingParams params : new SamplingParams[] {
            params(1, 0, 1, 0, 9), params(1, 4, 1, 0, 9), params(1, 0, 0.9, 0, 9), params(1, 0, 1, 0.1, 9)
        }) {
            int[] first = draw(params, NO_PROMPT, 100, ROW);
            assertThat(draw(params, NO_PROMPT, 100, ROW)).isEqualTo(first);
            var other = new SamplingParams(1, params.topK(), params.topP(), params.minP(), 1, 0, 0, Map.of(), 10);
            assertThat(draw(other, NO_PROMPT, 100, ROW)).isNotEqualTo(first);
        }
    }

    @Test
    void drawsTheSameWhateverElseUsesTheScratch() {
        var random = new SplittableRandom(51);
        var scratch = new SamplerScratch(ROW.length);
        int[] alone = draw(penalising(4), new int[] {3}, 60, ROW);
        var sampler = new Sampler(penalising(4), new int[] {3});
        var neighbour = new Sampler(params(2, 3, 0.7, 0.01, 1), NO_PROMPT);
        for (int i = 0; i < alone.length; i++) {
            float[] other = ROW.clone();
            other[random.nextInt(other.length)] = 3;
            load(scratch, other);
            neighbour.sample(scratch);
            load(scratch, ROW);
            assertThat(sampler.sample(scratch)).isEqualTo(alone[i]);
        }
    }

    @Test
    void leavesTheLoadedRowAsItIs() {
        var scratch = new SamplerScratch(ROW.length);
        load(scratch, ROW);
        new Sampler(penalising(1), new int[] {0, 1}).sample(scratch);
        assertThat(scratch.row).containsExactly(ROW);
    }

    @Test
    void loadsTheRowAtAnIndexWithoutMovingTheBuffer() {
        var logits = FloatBuffer.wrap(new float[] {9, 9, 9, 1, 2, 3});
        var scratch = new SamplerScratch(3);
        scratch.load(logits, 3);
        assertThat(scratch.row).containsExactly(1, 2, 3);
        assertThat(logits.position()).isZero();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> scratch.load(logits, 4));
    }

    @Test
    void aBiasOfMinusHundredBansAndOfHundredForces() {
        assertThat(draw(biased(0, Map.of(1, -100.0)), NO_PROMPT, 5, ROW)).containsOnly(3);
        assertThat(draw(biased(1, Map.of(1, -100.0)), NO_PROMPT, 500, ROW)).doesNotContain(1);
        assertThat(draw(biased(1, Map.of(1, Double.NEGATIVE_INFINITY)), NO_PROMPT, 500, ROW))
                .doesNotContain(1);
        assertThat(draw(biased(1, Map.of(2, 100.0)), NO_PROMPT, 500, ROW)).containsOnly(2);
    }

    @Test
    void failsWhenEveryTokenIsBanned() {
        var all = Map.of(0, Double.NEGATIVE_INFINITY, 1, Double.NEGATIVE_INFINITY);
        for (double temperature : new double[] {0, 1}) {
            assertThatExceptionOfType(UnusableLogitsException.class)
                    .isThrownBy(() -> draw(biased(temperature, all), NO_PROMPT, 1, new float[] {1, 2}))
                    .withMessageContaining("no token is left");
        }
    }

    @Test
    void failsOnNaNWhateverTheParameters() {
        float[] row = {1, Float.NaN, 2};
        for (SamplingParams params : new SamplingParams[] {
            SamplingParams.GREEDY, params(1, 0, 1, 0, 0), params(1, 2, 1, 0, 0), params(1, 0, 0.5, 0, 0), penalising(0)
        }) {
            assertThatExceptionOfType(UnusableLogitsException.class)
                    .isThrownBy(() -> draw(params, NO_PROMPT, 1, row))
                    .withMessage("logit of token 1 is NaN");
        }
    }

    @Test
    void repetitionPenaltyKnowsThePromptAndTheAnswer() {
        var params = new SamplingParams(0, 0, 1, 0, 10, 0, 0, Map.of(), 0);
        assertThat(draw(params, new int[] {1, 1}, 3, ROW)).containsExactly(3, 5, 0);
    }

    @Test
    void presencePenaltyIgnoresThePrompt() {
        var params = new SamplingParams(0, 0, 1, 0, 1, 100, 0, Map.of(), 0);
        assertThat(draw(params, new int[] {1, 1}, 6, ROW)).containsExactly(1, 3, 5, 0, 4, 2);
    }

    @Test
    void frequencyPenaltyGrowsWithEachUse() {
        var params = new SamplingParams(0, 0, 1, 0, 1, 0, 0.3, Map.of(), 0);
        // 2.0 falls to 1.7, 1.4; then 1.5 to 1.2; then 1.4 to 1.1; then 1.2.
        assertThat(draw(params, NO_PROMPT, 5, ROW)).containsExactly(1, 1, 3, 1, 3);
    }

    @Test
    void drawsAsOftenAsTheProbabilitiesSay() {
        assertDistribution(params(1, 0, 1, 0, 61), Set.of(0, 1, 2, 3, 4, 5));
        assertDistribution(params(0.6, 0, 1, 0, 62), Set.of(0, 1, 2, 3, 4, 5));
        assertDistribution(params(1.5, 3, 1, 0, 63), Set.of(1, 3, 5));
        assertDistribution(params(1, 0, 0.8, 0, 64), Set.of(1, 3, 5));
        assertDistribution(params(1, 0, 1, 0.2, 65), Set.of(0, 1, 3, 5));
    }

    /** Pearson's chi-square test: with 5 degrees of freedom, 20.5 is exceeded once in a thousand seeds. */
    private static void assertDistribution(SamplingParams params, Set<Integer> kept) {
        int draws = 50_000;
        int[] counts = new int[ROW.length];
        for (int token : draw(params, NO_PROMPT, draws, ROW)) {
            counts[token]++;
        }
        double total = kept.stream()
                .mapToDouble(id -> Math.exp(ROW[id] / params.temperature()))
                .sum();
        double chiSquare = 0;
        for (int id = 0; id < ROW.length; id++) {
            if (kept.contains(id)) {
                double expected = draws * Math.exp(ROW[id] / params.temperature()) / total;
                chiSquare += (counts[id] - expected) * (counts[id] - expected) / expected;
            } else {
                assertThat(counts[id]).as("draws of token %d", id).isZero();
            }
        }
        assertThat(chiSquare).isLessThan(20.5);
    }

    @Test
    void picksByWhereTheNumberFallsOnTheLine() {
        double[] weights = {0, 1, 0, 2, 1, 0};
        assertThat(ExactDraw.pick(weights, 6, 4, 0)).isEqualTo(1);
        assertThat(ExactDraw.pick(weights, 6, 4, 0.2499)).isEqualTo(1);
        assertThat(ExactDraw.pick(weights, 6, 4, 0.25)).isEqualTo(3);
        assertThat(ExactDraw.pick(weights, 6, 4, 0.7499)).isEqualTo(3);
        assertThat(ExactDraw.pick(weights, 6, 4, 0.75)).isEqualTo(4);
        assertThat(ExactDraw.pick(weights, 6, 4, Math.nextDown(1.0))).isEqualTo(4);
        // A total rounded up: the number falls beyond the last piece.
        assertThat(ExactDraw.pick(weights, 6, 4.1, Math.nextDown(1.0))).isEqualTo(4);
    }

    @Test
    void givesLogProbabilitiesOfTheRawRow() {
        var scratch = new SamplerScratch(ROW.length);
        load(scratch, ROW);
        LogProbabilities logProbabilities = scratch.logProbabilities(3);
        double sum = 0;
        for (float logit : ROW) {
            sum += Math.exp(logit);
        }
        for (int id = 0; id < ROW.length; id++) {
            assertThat((double) logProbabilities.of(id)).isCloseTo(ROW[id] - Math.log(sum), within(1e-6));
        }
        assertThat(logProbabilities.topCount()).isEqualTo(3);
        assertThat(new int[] {logProbabilities.top(0), logProbabilities.top(1), logProbabilities.top(2)})
                .containsExactly(1, 3, 5);
        assertThat(scratch.logProbabilities(0).topCount()).isZero();
        assertThat(scratch.logProbabilities(99).topCount()).isEqualTo(ROW.length);
    }

    @Test
    void refusesAVocabularyOfNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerScratch(0))
                .withMessage("none of the 0 rows of the head is a token");
    }

    private static int[] draw(SamplingParams params, int[] prompt, int count, float[] row) {
        var sampler = new Sampler(params, prompt);
        var scratch = new SamplerScratch(row.length);
        load(scratch, row);
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = sampler.sample(scratch);
        }
        return tokens;
    }

    private static void load(SamplerScratch scratch, float[] row) {
        scratch.load(FloatBuffer.wrap(row), 0);
    }

    private static SamplingParams params(double temperature, int topK, double topP, double minP, long seed) {
        return new SamplingParams(temperature, topK, topP, minP, 1, 0, 0, Map.of(), seed);
    }

    private static SamplingParams penalising(long seed) {
        return new SamplingParams(1, 0, 0.95, 0, 1.2, 0.3, 0.1, Map.of(0, 0.5), seed);
    }

    private static SamplingParams biased(double temperature, Map<Integer, Double> bias) {
        return new SamplingParams(temperature, 0, 1, 0, 1, 0, 0, bias, 7);
    }
}
