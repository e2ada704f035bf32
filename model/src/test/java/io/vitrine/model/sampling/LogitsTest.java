package io.vitrine.model.sampling;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

class LogitsTest {

    private static final float BANNED = Float.NEGATIVE_INFINITY;

    @Test
    void takesTheLowestIdOfEqualLogits() {
        assertThat(Logits.argmax(new float[] {1, 5, 5, 2, 5})).isEqualTo(1);
        assertThat(Logits.argmax(new float[] {-0f, 0f})).isZero();
        assertThat(Logits.argmax(new float[] {BANNED, -3e38f})).isEqualTo(1);
    }

    @Test
    void findsTheMaximumAsASortDoes() {
        var random = new SplittableRandom(11);
        for (int round = 0; round < 2_000; round++) {
            float[] row = RandomRows.next(random);
            // max() of a stream keeps the last of equals, so the order by id is turned round. Adding 0 makes -0 equal
            // to 0.
            int expected = IntStream.range(0, row.length)
                    .boxed()
                    .max(Comparator.<Integer>comparingDouble(id -> row[id] + 0.0)
                            .thenComparing(Comparator.reverseOrder()))
                    .orElseThrow();
            assertThat(Logits.argmax(row)).isEqualTo(expected);
            assertThat(Logits.max(row)).isEqualTo(row[expected]);
        }
    }

    @Test
    void namesTheTokenThatIsNotANumber() {
        assertUnusable(new float[] {1, Float.NaN, 2}, "logit of token 1 is NaN");
        assertUnusable(new float[] {Float.NaN}, "logit of token 0 is NaN");
        assertUnusable(new float[] {Float.POSITIVE_INFINITY, Float.NaN}, "logit of token 1 is NaN");
    }

    @Test
    void refusesAnInfiniteLogit() {
        assertUnusable(new float[] {1, 2, Float.POSITIVE_INFINITY}, "logit of token 2 is infinite");
    }

    @Test
    void refusesARowWithEveryTokenBanned() {
        assertUnusable(new float[] {BANNED, BANNED}, "every logit is minus infinity: no token is left to draw");
    }

    private static void assertUnusable(float[] row, String message) {
        assertThatExceptionOfType(UnusableLogitsException.class)
                .isThrownBy(() -> Logits.argmax(row))
                .withMessage(message);
        assertThatExceptionOfType(UnusableLogitsException.class).isThrownBy(() -> Logits.max(row));
        assertThatExceptionOfType(UnusableLogitsException.class)
                .isThrownBy(() -> Logits.logSumExp(row, new double[row.length]));
    }

    @Test
    void sumsExponentialsByDefinitionWhereTheyDoNotOverflow() {
        var random = new SplittableRandom(12);
        for (int round = 0; round < 1_000; round++) {
            float[] row = new float[1 + random.nextInt(300)];
            double sum = 0;
            for (int id = 0; id < row.length; id++) {
                row[id] = (float) (random.nextDouble() * 40 - 20);
                sum += Math.exp(row[id]);
            }
            assertThat(Logits.logSumExp(row, new double[row.length])).isCloseTo(Math.log(sum), within(1e-8));
        }
    }

    @Test
    void sumsExponentialsThatWouldOverflow() {
        assertThat(Logits.logSumExp(new float[] {1e30f, 1e30f}, new double[2])).isEqualTo(1e30f + Math.log(2));
        assertThat(Logits.logSumExp(new float[] {-1000, BANNED}, new double[2])).isCloseTo(-1000, within(1e-8));
    }

    @Test
    void weighsByDefinition() {
        double[] weights = new double[4];
        double sum = Logits.weights(new float[] {2, 1, BANNED, 2}, 2, 0.5, weights);
        assertThat(weights).containsExactly(1, Math.exp(-2), 0, 1);
        assertThat(sum).isEqualTo(2 + Math.exp(-2));
    }

    @Test
    void weighsAtTheSmallestTemperatureAsGreedyDoes() {
        double[] weights = new double[3];
        assertThat(Logits.weights(new float[] {2, 1.9999999f, 3}, 3, Double.MIN_VALUE, weights))
                .isEqualTo(1);
        assertThat(weights).containsExactly(0, 0, 1);
    }
}
