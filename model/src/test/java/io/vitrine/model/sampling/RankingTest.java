package io.vitrine.model.sampling;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RankingTest {

    @Test
    void packsAndUnpacksLogitAndToken() {
        for (float logit :
                new float[] {0, 1, -1, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, 17.25f}) {
            for (int id : new int[] {0, 1, 151_935, Integer.MAX_VALUE}) {
                long key = Ranking.key(logit, id);
                assertThat(Ranking.logit(key)).isEqualTo(logit);
                assertThat(Ranking.tokenId(key)).isEqualTo(id);
            }
        }
    }

    @Test
    void ordersByLogitDownThenByIdUp() {
        float[] down = {
            Float.MAX_VALUE,
            2,
            1.5f,
            Float.MIN_VALUE,
            0,
            -Float.MIN_VALUE,
            -1,
            -Float.MAX_VALUE,
            Float.NEGATIVE_INFINITY
        };
        for (int i = 0; i + 1 < down.length; i++) {
            assertThat(Ranking.key(down[i], 9)).isLessThan(Ranking.key(down[i + 1], 3));
            assertThat(Ranking.key(down[i], 3)).isLessThan(Ranking.key(down[i], 9));
        }
        assertThat(Ranking.key(-0f, 3)).isLessThan(Ranking.key(0f, 4));
        assertThat(Ranking.key(0f, 3)).isLessThan(Ranking.key(-0f, 4));
    }

    @Test
    void findsTheBestAsAFullSortDoes() {
        var random = new SplittableRandom(21);
        for (int round = 0; round < 5_000; round++) {
            float[] row = RandomRows.next(random);
            int k = 1 + random.nextInt(row.length + 3);
            List<Integer> expected = sorted(row).stream().limit(k).toList();
            long[] keys = new long[row.length];
            int count = Ranking.best(row, k, keys);
            assertThat(tokens(keys, count)).isEqualTo(expected);
        }
    }

    @Test
    void findsTheBestOfAscendingAndDescendingRows() {
        float[] ascending = new float[1000];
        float[] descending = new float[1000];
        for (int id = 0; id < 1000; id++) {
            ascending[id] = id;
            descending[id] = -id;
        }
        long[] keys = new long[1000];
        assertThat(tokens(keys, Ranking.best(ascending, 3, keys))).containsExactly(999, 998, 997);
        assertThat(tokens(keys, Ranking.best(descending, 3, keys))).containsExactly(0, 1, 2);
        assertThat(Ranking.best(descending, Integer.MAX_VALUE, keys)).isEqualTo(1000);
    }

    @Test
    void findsThoseAboveABarAsAFullSortDoes() {
        var random = new SplittableRandom(22);
        for (int round = 0; round < 2_000; round++) {
            float[] row = RandomRows.next(random);
            double bar = random.nextInt(10) == 0 ? Double.NEGATIVE_INFINITY : random.nextInt(-10, 10);
            List<Integer> expected =
                    sorted(row).stream().filter(id -> row[id] >= bar).toList();
            long[] keys = new long[row.length];
            assertThat(tokens(keys, Ranking.atLeast(row, bar, keys))).isEqualTo(expected);
        }
    }

    private static List<Integer> sorted(float[] row) {
        return IntStream.range(0, row.length)
                .boxed()
                .filter(id -> row[id] != Float.NEGATIVE_INFINITY)
                .sorted(Comparator.comparingDouble(id -> -(row[id] + 0.0)))
                .toList();
    }

    private static List<Integer> tokens(long[] keys, int count) {
        return Arrays.stream(keys).limit(count).mapToObj(Ranking::tokenId).toList();
    }
}
