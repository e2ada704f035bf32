package io.vitrine.model.sampling;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The exact draw is the oracle: the approximate one gives its token, or says that it cannot decide. */
class ApproximateDrawTest {

    private static final double[] TEMPERATURES = {1e-310, 1e-3, 0.2, 0.7, 1, 1.5, 5, 1e300};
    private static final int[] TOP_K = {0, 1, 5, 40, 700, 100_000};
    private static final double[] TOP_P = {1, 0.999999, 0.95, 0.5, 0.01};
    private static final double[] MIN_P = {0, 1e-9, 0.05, 0.5, 1};

    @Test
    void drawsTheTokenOfTheOracleForSmallRows() {
        var random = new SplittableRandom(71);
        int decided = 0;
        for (int round = 0; round < 40_000; round++) {
            decided += agrees(RandomRows.next(random), params(random), random.nextDouble()) ? 1 : 0;
        }
        assertThat(decided).isGreaterThan(25_000);
    }

    @Test
    void drawsTheTokenOfTheOracleForAWholeVocabulary() {
        var random = new SplittableRandom(72);
        int decided = 0;
        int rounds = 400;
        for (int round = 0; round < rounds; round++) {
            float[] row = row(random, 5000, 1 + 3 * random.nextDouble());
            double temperature = 0.3 + 1.5 * random.nextDouble();
            SamplingParams params = params(
                    temperature,
                    pick(random, new double[] {0, 0, 600, 3000}),
                    pick(random, new double[] {1, 0.999, 0.95, 0.5, 0.01}),
                    pick(random, new double[] {0, 0, 1e-4, 0.05}));
            for (int draw = 0; draw < 5; draw++) {
                decided += agrees(row, params, random.nextDouble()) ? 1 : 0;
            }
        }
        assertThat(decided).isGreaterThan(5 * rounds - 20);
    }

    /** What most requests ask for must not fall back to the exact draw. */
    @Test
    void decidesNearlyAlways() {
        var random = new SplittableRandom(73);
        int undecided = 0;
        for (int round = 0; round < 200; round++) {
            float[] row = row(random, 8000, 3);
            for (double topP : new double[] {1, 0.95}) {
                for (int draw = 0; draw < 10; draw++) {
                    undecided += agrees(row, params(1, 0, topP, 0), random.nextDouble()) ? 0 : 1;
                }
            }
        }
        assertThat(undecided).isLessThan(4);
    }

    /** Half of the weight exactly: rounding decides which side it falls on, so the oracle must. */
    @Test
    void leavesTiesAtTheEdgeToTheOracle() {
        float[] row = new float[64];
        for (double uniform : new double[] {0, 0.25, 0.5}) {
            assertThat(approximate(row, params(1, 0, 1, 0), uniform)).isEqualTo(ApproximateDraw.UNDECIDED);
        }
        assertThat(approximate(row, params(1, 0, 0.5, 0), 0.3)).isEqualTo(ApproximateDraw.UNDECIDED);
        assertThat(approximate(row, params(1, 0, 1, 0), 0.255)).isEqualTo(16);
    }

    @Test
    void neverDrawsABannedToken() {
        float[] row = new float[600];
        Arrays.fill(row, Float.NEGATIVE_INFINITY);
        row[7] = -3;
        var random = new SplittableRandom(74);
        for (int draw = 0; draw < 200; draw++) {
            assertThat(approximate(row, params(1, 0, 1, 0), random.nextDouble()))
                    .isEqualTo(7);
            assertThat(approximate(row, params(1, 0, 0.9, 0.1), random.nextDouble()))
                    .isEqualTo(7);
        }
    }

    /** Whether the approximate draw decided; if so, as the oracle. */
    private static boolean agrees(float[] row, SamplingParams params, double uniform) {
        int token = approximate(row, params, uniform);
        if (token == ApproximateDraw.UNDECIDED) {
            return false;
        }
        assertThat(token)
                .as("%s at %s", params, uniform)
                .isEqualTo(ExactDraw.draw(row, Logits.max(row), params, uniform, new SamplerScratch(row.length)));
        return true;
    }

    private static int approximate(float[] row, SamplingParams params, double uniform) {
        return ApproximateDraw.draw(row, Logits.max(row), params, uniform, new SamplerScratch(row.length));
    }

    /** Logits as a language model's: a few far above a broad rest. */
    private static float[] row(SplittableRandom random, int size, double spread) {
        float[] row = new float[size];
        for (int id = 0; id < size; id++) {
            double bell = random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
            row[id] = (float) (spread * 2 * bell);
        }
        for (int i = 0; i < 20; i++) {
            row[random.nextInt(size)] += (float) (spread * 2 * random.nextDouble());
        }
        return row;
    }

    private static SamplingParams params(SplittableRandom random) {
        return params(
                pick(random, TEMPERATURES),
                TOP_K[random.nextInt(TOP_K.length)],
                pick(random, TOP_P),
                pick(random, MIN_P));
    }

    private static double pick(SplittableRandom random, double[] values) {
        return values[random.nextInt(values.length)];
    }

    private static SamplingParams params(double temperature, double topK, double topP, double minP) {
        return new SamplingParams(temperature, (int) topK, topP, minP, 1, 0, 0, Map.of(), 0);
    }
}
