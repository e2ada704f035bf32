package io.vitrine.observability.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BucketsTest {

    private static final double[] QUANTILES = {0.5, 0.9, 0.95, 0.99};

    private static boolean isFine(double ratio) {
        return ratio > 1.04 && ratio <= 1.05;
    }

    @Test
    void reachesFromAMillisecondToHours() {
        assertThat(Buckets.FINE_REQUEST_SECONDS).first().isEqualTo(0.001);
        assertThat(Buckets.FINE_REQUEST_SECONDS).last().isEqualTo(25_600.0);
        assertThat(Buckets.FINE_STEP_SECONDS).first().isEqualTo(0.0001);
        assertThat(Buckets.FINE_STEP_SECONDS).last().isEqualTo(128.0);
        assertThat(Buckets.REQUEST_SECONDS).first().isEqualTo(0.001);
        assertThat(Buckets.STEP_SECONDS).first().isEqualTo(0.0001);
    }

    /** The errors that the class states: rounding a coarse bound to three digits may cost half a percent. */
    @Test
    void neverLeavesAWiderGapThanItSays() {
        assertThat(ratios(within(Buckets.FINE_FIRST_TOKEN_SECONDS, 0.001, 100)))
                .hasSize(5 * 49)
                .allMatch(BucketsTest::isFine);
        assertThat(ratios(within(Buckets.FINE_REQUEST_SECONDS, 0.1, 100)))
                .hasSize(3 * 49)
                .allMatch(BucketsTest::isFine);
        assertThat(ratios(within(Buckets.FINE_STEP_SECONDS, 0.001, 1)))
                .hasSize(3 * 49)
                .allMatch(BucketsTest::isFine);
        for (List<Double> bounds : List.of(
                Buckets.REQUEST_SECONDS,
                Buckets.STEP_SECONDS,
                Buckets.FINE_FIRST_TOKEN_SECONDS,
                Buckets.FINE_REQUEST_SECONDS,
                Buckets.FINE_STEP_SECONDS)) {
            assertThat(ratios(bounds)).allMatch(ratio -> ratio > 1.04 && ratio < 2.01);
        }
    }

    @Test
    void hasABoundWhereAnObjectiveWouldBe() {
        assertThat(Buckets.FINE_FIRST_TOKEN_SECONDS).contains(0.002, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0);
        assertThat(Buckets.FINE_REQUEST_SECONDS).contains(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0);
        assertThat(Buckets.FINE_STEP_SECONDS).contains(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0);
    }

    /** Exact quantiles of the samples are the oracle; the estimate is what Prometheus makes of the buckets. */
    @Test
    void quantilesReadFromFineBucketsAreOffByFivePercentAtMost() {
        quantilesAreNear(Buckets.FINE_STEP_SECONDS, 0.001, 1);
        quantilesAreNear(Buckets.FINE_FIRST_TOKEN_SECONDS, 0.001, 100);
        quantilesAreNear(Buckets.FINE_REQUEST_SECONDS, 0.1, 100);
    }

    private static void quantilesAreNear(List<Double> bounds, double lowest, double highest) {
        Random random = new Random(7);
        for (double median = 2 * lowest; median < highest / 3; median *= 3.7) {
            double scale = median;
            Stream.<DoubleSupplier>of(
                            () -> scale * Math.exp(0.8 * random.nextGaussian()),
                            () -> scale * (0.5 + random.nextDouble()),
                            () -> scale, // all alike: the worst there is for interpolation
                            () -> random.nextInt(10) == 0 ? 4 * scale : scale)
                    .forEach(distribution -> quantilesAreNear(
                            bounds,
                            () -> Math.min(0.999 * highest, Math.max(1.001 * lowest, distribution.getAsDouble()))));
        }
    }

    @Test
    void keepsWholeNumbersExact() {
        assertThat(Buckets.SEQUENCES)
                .containsExactly(1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0);
        assertThat(Buckets.TOKENS).hasSize(14).last().isEqualTo(67_108_864.0);
    }

    private static void quantilesAreNear(List<Double> bounds, DoubleSupplier distribution) {
        double[] samples = new double[4_000];
        Arrays.setAll(samples, i -> distribution.getAsDouble());
        Arrays.sort(samples);
        for (double quantile : QUANTILES) {
            double exact = samples[(int) Math.ceil(quantile * samples.length) - 1];
            double read = histogramQuantile(quantile, samples, bounds);
            assertThat(Math.abs(read - exact) / exact)
                    .as("quantile %s: %s read as %s", quantile, exact, read)
                    .isLessThanOrEqualTo(0.05);
        }
    }

    /** Prometheus's {@code histogram_quantile} for classic buckets: linear within the bucket that the rank falls into. */
    private static double histogramQuantile(double quantile, double[] samples, List<Double> bounds) {
        double rank = quantile * samples.length;
        long below = 0;
        for (int i = 0; i < bounds.size(); i++) {
            double bound = bounds.get(i);
            long count =
                    Arrays.stream(samples).filter(sample -> sample <= bound).count();
            if (count >= rank) {
                double start = i == 0 ? 0 : bounds.get(i - 1);
                return start + (bound - start) * (rank - below) / (count - below);
            }
            below = count;
        }
        return bounds.get(bounds.size() - 1);
    }

    private static List<Double> within(List<Double> bounds, double lowest, double highest) {
        return bounds.stream()
                .filter(bound -> bound >= lowest && bound <= highest)
                .toList();
    }

    private static List<Double> ratios(List<Double> bounds) {
        return java.util.stream.IntStream.range(1, bounds.size())
                .mapToObj(i -> bounds.get(i) / bounds.get(i - 1))
                .toList();
    }
}
