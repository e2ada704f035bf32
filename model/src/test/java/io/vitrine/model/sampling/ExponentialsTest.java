package io.vitrine.model.sampling;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExponentialsTest {

    @Test
    void staysWithinItsErrorFromTheLowestToZero() {
        var random = new SplittableRandom(3);
        float[] row = new float[100_000];
        for (int i = 0; i < row.length; i++) {
            row[i] = i < 1000 ? -i * 0.036f : (float) (Exponentials.LOWEST * random.nextDouble());
        }
        double[] weights = new double[row.length];
        Exponentials.weights(row, 0, 1, weights);

        for (int i = 0; i < row.length; i++) {
            double exact = Math.exp(row[i]);
            assertThat(Math.abs(weights[i] - exact) / exact)
                    .as("exp(%s)", row[i])
                    .isLessThan(Exponentials.RELATIVE_ERROR);
        }
    }

    @Test
    void scalesTheDistanceToTheLargest() {
        double[] weights = new double[3];
        Exponentials.weights(new float[] {5, 3, 4.5f}, 5, 2, weights);

        assertThat(weights[0]).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-8));
        assertThat(weights[1]).isCloseTo(Math.exp(-4), org.assertj.core.data.Offset.offset(1e-8));
        assertThat(weights[2]).isCloseTo(Math.exp(-1), org.assertj.core.data.Offset.offset(1e-8));
    }

    @Test
    void takesWhatIsFartherDownAsTheLowest() {
        double[] weights = new double[4];
        Exponentials.weights(new float[] {Float.NEGATIVE_INFINITY, -1e30f, -37, -36}, 0, 1, weights);

        assertThat(weights[0])
                .isEqualTo(weights[1])
                .isEqualTo(weights[2])
                .isEqualTo(weights[3])
                .isBetween(2e-16, 3e-16);
    }

    @Test
    void sumsAnyRange() {
        double[] values = {1, 2, 4, 8, 16, 32, 64};
        for (int from = 0; from <= values.length; from++) {
            for (int to = from; to <= values.length; to++) {
                assertThat(Exponentials.sum(values, from, to)).isEqualTo((1 << to) - (1 << from));
            }
        }
    }
}
