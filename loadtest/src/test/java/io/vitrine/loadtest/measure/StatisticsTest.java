package io.vitrine.loadtest.measure;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

import io.vitrine.loadtest.measure.Percentiles.Percentile;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class StatisticsTest {

    /** The table of MLPerf's early stopping. */
    @Test
    void hasTheSampleFloorsOfMlperf() {
        double[] p = {0.5, 0.75, 0.8, 0.9, 0.95, 0.97, 0.99, 0.999};

        assertThat(Arrays.stream(p).mapToInt(Percentiles::floor)).containsExactly(11, 24, 31, 64, 130, 219, 662, 6636);
    }

    @Test
    void givesNoPercentileBelowItsFloor() {
        double[] sorted = IntStream.range(0, 661).asDoubleStream().toArray();

        assertThat(Percentiles.of(sorted, 661, 0.99).value()).isEmpty();
        assertThat(Percentiles.of(Arrays.copyOf(sorted, 662), 662, 0.99).value())
                .isPresent();
        assertThat(Percentiles.of(sorted, 661, 0.9).value()).hasValue(594);
    }

    @Test
    void takesTheNearestRank() {
        double[] sorted = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

        assertThat(Percentiles.nearestRank(sorted, 0.5)).isEqualTo(5);
        assertThat(Percentiles.nearestRank(sorted, 0.9)).isEqualTo(9);
        assertThat(Percentiles.nearestRank(sorted, 0.91)).isEqualTo(10);
        assertThat(Percentiles.nearestRank(sorted, 0.01)).isEqualTo(1);
    }

    /** Ranks 40 and 61 of 100, from the table of the binomial distribution. */
    @Test
    void givesTheBinomialIntervalOfTheMedian() {
        double[] sorted = IntStream.rangeClosed(1, 100).asDoubleStream().toArray();

        Percentile median = Percentiles.of(sorted, 100, 0.5);

        assertThat(median.low()).hasValue(40);
        assertThat(median.high()).hasValue(61);
    }

    @Test
    void enclosesTheTruePercentileInNineteenOfTwentyRuns() {
        Random random = new Random(1);
        int enclosed = 0;
        for (int run = 0; run < 2000; run++) {
            double[] sorted = random.doubles(200).sorted().toArray();
            Percentile percentile = Percentiles.of(sorted, 200, 0.9);
            if (percentile.low().orElseThrow() <= 0.9 && percentile.high().orElseThrow() >= 0.9) {
                enclosed++;
            }
        }

        assertThat(enclosed).isBetween(1880, 1970);
    }

    @Test
    void widensTheIntervalForSamplesThatDependOnEachOther() {
        Random random = new Random(1);
        double[] chain = new double[2000];
        for (int index = 1; index < chain.length; index++) {
            chain[index] = 0.8 * chain[index - 1] + random.nextGaussian();
        }
        double[] independent = random.doubles(2000).toArray();

        assertThat(Percentiles.effectiveSize(chain)).isCloseTo(2000 * 0.2 / 1.8, within(60.0));
        assertThat(Percentiles.effectiveSize(independent)).isGreaterThan(1800);
        assertThat(Percentiles.effectiveSize(new double[] {3, 3, 3, 3})).isEqualTo(4);
    }

    @Test
    void hasWilsonsIntervalOfAShare() {
        Proportion share = new Proportion(45, 50);

        assertThat(share.value()).isEqualTo(0.9);
        assertThat(share.low()).isCloseTo(0.786, within(0.001));
        assertThat(share.high()).isCloseTo(0.957, within(0.001));
        assertThat(new Proportion(10, 10).high()).isCloseTo(1, within(1e-9));
    }

    @Test
    void findsATrendAndLeavesNoiseAlone() {
        Random random = new Random(3);
        double[] rising = IntStream.range(0, 20)
                .mapToDouble(index -> 100 + 2 * index + random.nextGaussian())
                .toArray();

        assertThat(Trend.of(rising).significant()).isTrue();
        assertThat(Trend.of(rising).relativeChange()).isCloseTo(38.0 / 119, within(0.05));
        long found = IntStream.range(0, 500)
                .filter(run -> Trend.of(random.doubles(20).toArray()).significant())
                .count();
        assertThat(found).isLessThan(30);
        assertThat(Trend.of(new double[] {5, 5, 5, 5, 5}).significant()).isFalse();
    }

    @Test
    void readsTimes() {
        assertThat(Durations.nanos("500ms")).isEqualTo(500_000_000);
        assertThat(Durations.nanos("1.5")).isEqualTo(1_500_000_000);
        assertThat(Durations.nanos("2m")).isEqualTo(120_000_000_000L);
        for (String text : new String[] {"", "5 s", "-1s", "1d", "1e3s", "999999h"}) {
            assertThatThrownBy(() -> Durations.nanos(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
