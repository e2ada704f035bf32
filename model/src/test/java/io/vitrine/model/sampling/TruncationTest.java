package io.vitrine.model.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TruncationTest {

    @Test
    void keepsWhatTheDefinitionsKeep() {
        var random = new SplittableRandom(31);
        for (int round = 0; round < 20_000; round++) {
            float[] row = RandomRows.next(random);
            SamplingParams params = randomParams(random, row.length);
            assertThat(truncated(row, params))
                    .as("%s of %s", params, Arrays.toString(row))
                    .isEqualTo(byDefinition(row, params));
        }
    }

    private static SamplingParams randomParams(SplittableRandom random, int vocabularySize) {
        double temperature = random.nextInt(8) == 0 ? 1e-3 : 0.1 + 3 * random.nextDouble();
        int topK = random.nextBoolean() ? 0 : 1 + random.nextInt(vocabularySize + 2);
        double topP = random.nextBoolean() ? 1 : Double.MIN_NORMAL + random.nextDouble();
        double minP = random.nextBoolean() ? 0 : random.nextDouble();
        return params(temperature, topK, topP, minP);
    }

    /**
     * Sorts everything, then cuts the list three times, each time by the words of {@link SamplingParams}. Leaves out tokens
     * whose weight is 0: whether they are kept or not, they are never drawn.
     */
    private static List<Integer> byDefinition(float[] row, SamplingParams params) {
        List<Integer> kept = IntStream.range(0, row.length)
                .boxed()
                .filter(id -> row[id] != Float.NEGATIVE_INFINITY)
                .sorted(Comparator.comparingDouble(id -> -(row[id] + 0.0)))
                .toList();
        if (params.topK() > 0) {
            kept = kept.stream().limit(params.topK()).toList();
        }
        double[] probabilities = softmax(row, kept, params.temperature());
        List<Integer> result = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < kept.size() && (params.topP() == 1 || sum < params.topP()); i++) {
            if (probabilities[i] > 0 && probabilities[i] >= params.minP() * probabilities[0]) {
                result.add(kept.get(i));
            }
            sum += probabilities[i];
        }
        return result;
    }

    private static double[] softmax(float[] row, List<Integer> ids, double temperature) {
        double max = row[ids.get(0)];
        double[] result = ids.stream()
                .mapToDouble(id -> Math.exp((row[id] - max) / temperature))
                .toArray();
        double sum = Arrays.stream(result).sum();
        return Arrays.stream(result).map(weight -> weight / sum).toArray();
    }

    @Test
    void leavesTheWeightsOfWhatItKeeps() {
        float[] row = {1, 3, 2, 0};
        var scratch = new SamplerScratch(4);
        int count = Truncation.truncate(row, 3, params(0.5, 3, 1, 0), scratch);
        assertThat(count).isEqualTo(3);
        assertThat(scratch.weights[0]).isEqualTo(1);
        assertThat(scratch.weights[1]).isCloseTo(Math.exp(-2), within(1e-15));
        assertThat(scratch.weights[2]).isCloseTo(Math.exp(-4), within(1e-15));
    }

    @Test
    void cutsTheNucleusAtTheTokenThatReachesIt() {
        // Probabilities 1/2, 1/4, 1/8, 1/8, exact in binary.
        double[] weights = {1, 0.5, 0.25, 0.25};
        assertThat(Truncation.topP(weights, 4, 0.5 * 2)).isEqualTo(1);
        assertThat(Truncation.topP(weights, 4, 0.51 * 2)).isEqualTo(2);
        assertThat(Truncation.topP(weights, 4, 0.75 * 2)).isEqualTo(2);
        assertThat(Truncation.topP(weights, 4, 0.76 * 2)).isEqualTo(3);
        assertThat(Truncation.topP(weights, 4, Double.MIN_VALUE)).isEqualTo(1);
        assertThat(Truncation.topP(weights, 4, Double.POSITIVE_INFINITY)).isEqualTo(4);
    }

    @Test
    void minPKeepsATokenExactlyAtTheThreshold() {
        double[] weights = {1, 0.5, 0.25, 0.25};
        assertThat(Truncation.minP(weights, 4, 0.25)).isEqualTo(4);
        assertThat(Truncation.minP(weights, 4, 0.26)).isEqualTo(2);
        assertThat(Truncation.minP(weights, 4, 1)).isEqualTo(1);
        assertThat(Truncation.minP(weights, 4, 0)).isEqualTo(4);
    }

    @Test
    void searchesDeepEnoughWhenTheNucleusIsAllButNothing() {
        float[] row = new float[5000];
        for (int id = 0; id < row.length; id++) {
            row[id] = -id * 0.01f;
        }
        assertThat(truncated(row, params(1, 0, 1 - 1e-7, 0))).isEqualTo(byDefinition(row, params(1, 0, 1 - 1e-7, 0)));
        assertThat(truncated(row, params(1, 0, 1, 1e-9))).hasSize(2073);
        assertThat(truncated(row, params(1e300, 0, 0.5, 0))).hasSize(2500);
    }

    @Test
    void endsWhenRoundingKeepsTheNucleusFromBeingReached() {
        float[] row = new float[3000];
        Arrays.fill(row, 1, 3000, -40f);
        row[2999] = Float.NEGATIVE_INFINITY;
        assertThat(truncated(row, params(1, 0, Math.nextDown(1.0), 0))).first().isEqualTo(0);
    }

    private static List<Integer> truncated(float[] row, SamplingParams params) {
        var scratch = new SamplerScratch(row.length);
        int count = Truncation.truncate(row, Logits.max(row), params, scratch);
        return Arrays.stream(scratch.keys)
                .limit(count)
                .filter(key -> Math.exp((Ranking.logit(key) - (double) Logits.max(row)) / params.temperature()) > 0)
                .mapToObj(Ranking::tokenId)
                .toList();
    }

    private static SamplingParams params(double temperature, int topK, double topP, double minP) {
        return new SamplingParams(temperature, topK, topP, minP, 1, 0, 0, Map.of(), 0);
    }
}
