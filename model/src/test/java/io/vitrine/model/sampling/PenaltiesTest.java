package io.vitrine.model.sampling;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PenaltiesTest {

    @Test
    void changesLogitsByDefinition() {
        var random = new SplittableRandom(41);
        for (int round = 0; round < 3_000; round++) {
            float[] row = RandomRows.next(random);
            var params = params(
                    0.5 + random.nextDouble() * 1.5,
                    random.nextInt(-2, 3),
                    random.nextInt(-2, 3) * random.nextDouble());
            List<Integer> prompt = randomTokens(random, row.length);
            List<Integer> answer = randomTokens(random, row.length);
            float[] expected = byDefinition(row, params, prompt, answer);

            var seen = new TokenCounts();
            prompt.forEach(seen::see);
            answer.forEach(seen::count);
            Penalties.apply(row, params, seen);
            assertThat(row).containsExactly(expected);
        }
    }

    private static float[] byDefinition(
            float[] row, SamplingParams params, List<Integer> prompt, List<Integer> answer) {
        float[] result = row.clone();
        for (int id = 0; id < row.length; id++) {
            double logit = row[id];
            if (prompt.contains(id) || answer.contains(id)) {
                logit = logit > 0 ? logit / params.repetitionPenalty() : logit * params.repetitionPenalty();
            }
            int count = Collections.frequency(answer, id);
            if (count > 0) {
                logit -= params.presencePenalty() + params.frequencyPenalty() * count;
            }
            result[id] = (float) logit;
        }
        return result;
    }

    private static List<Integer> randomTokens(SplittableRandom random, int vocabularySize) {
        List<Integer> tokens = new ArrayList<>();
        for (int left = random.nextInt(60); left > 0; left--) {
            tokens.add(random.nextInt(vocabularySize));
        }
        return tokens;
    }

    @Test
    void addsBiasToTheNamedTokensOnly() {
        float[] row = {1, 2, 3, 4};
        Penalties.addBias(row, new int[] {3, 0}, new float[] {Float.NEGATIVE_INFINITY, 0.5f});
        assertThat(row).containsExactly(1.5f, 2, 3, Float.NEGATIVE_INFINITY);
    }

    @Test
    void knowsWhetherAnythingIsPenalised() {
        assertThat(Penalties.any(params(1, 0, 0))).isFalse();
        assertThat(Penalties.any(params(1.1, 0, 0))).isTrue();
        assertThat(Penalties.any(params(1, -1, 0))).isTrue();
        assertThat(Penalties.any(params(1, 0, 0.1))).isTrue();
    }

    @Test
    void countsTokensLikeAMap() {
        var random = new SplittableRandom(42);
        var counts = new TokenCounts();
        Map<Integer, Integer> oracle = new HashMap<>();
        for (int step = 0; step < 5_000; step++) {
            // Multiples of a large power of two fall into few slots of the table.
            int token = random.nextBoolean() ? random.nextInt(3_000) : random.nextInt(2_000) << 20;
            if (random.nextBoolean()) {
                counts.see(token);
                oracle.putIfAbsent(token, 0);
            } else {
                counts.count(token);
                oracle.merge(token, 1, Integer::sum);
            }
        }
        Map<Integer, Integer> counted = new HashMap<>();
        for (int place = 0; place < counts.size(); place++) {
            assertThat(counted.put(counts.token(place), counts.answerCount(place)))
                    .isNull();
        }
        assertThat(counted).isEqualTo(oracle);
    }

    private static SamplingParams params(double repetition, double presence, double frequency) {
        return new SamplingParams(1, 0, 1, 0, repetition, presence, frequency, Map.of(), 0);
    }
}
