package io.vitrine.loadtest.overhead;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

import io.vitrine.loadtest.measure.Percentiles;

/**
 * Hierarchical bootstrap: launches are drawn with replacement, and within each drawn launch its rows. A percentile
 * interval of few units is too narrow; it is widened to what Student's t and the divisor {@code n - 1} ask for.
 *
 * @param <T> what a row is
 */
final class Bootstrap<T> {

    /** Fewer launches say too little of how launches differ: rows are the units, and intervals hold for these launches. */
    static final int LEAST_LAUNCHES = 4;

    private final List<List<T>> launches;
    private final int units;
    private final int resamples;
    private final long seed;

    /** @param launches each with its rows, at least one */
    Bootstrap(List<List<T>> launches, int resamples, long seed) {
        this.launches = launches.stream().map(List::copyOf).toList();
        this.units = launches.size() >= LEAST_LAUNCHES
                ? launches.size()
                : launches.stream().mapToInt(List::size).sum();
        this.resamples = resamples;
        this.seed = seed;
    }

    /**
     * An estimate.
     *
     * @param low of the 90 % interval, as two one-sided tests at 5 % need it
     * @param low95 of the 95 % interval
     * @param error standard error
     * @param freedom degrees of freedom
     */
    record Interval(double value, double low, double high, double low95, double high95, double error, int freedom) {}

    /** Independent units behind an interval. */
    int units() {
        return units;
    }

    /** @param statistic of rows, in no order */
    Interval of(ToDoubleFunction<List<T>> statistic) {
        List<T> all = launches.stream().flatMap(List::stream).toList();
        double value = statistic.applyAsDouble(all);
        if (units < 2) {
            return new Interval(
                    value,
                    Double.NEGATIVE_INFINITY,
                    Double.POSITIVE_INFINITY,
                    Double.NEGATIVE_INFINITY,
                    Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY,
                    1);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] drawn = new double[resamples];
        for (int index = 0; index < resamples; index++) {
            drawn[index] = statistic.applyAsDouble(resample(all, random));
        }
        double correction = StrictMath.sqrt(units / (units - 1.0));
        double error = Statistics.deviation(drawn) * correction;
        Arrays.sort(drawn);
        return new Interval(
                value,
                end(value, drawn, 0.05, true, correction),
                end(value, drawn, 0.05, false, correction),
                end(value, drawn, 0.025, true, correction),
                end(value, drawn, 0.025, false, correction),
                error,
                units - 1);
    }

    private double end(double value, double[] sorted, double tail, boolean low, double correction) {
        double widening = correction * Statistics.quantileOfT(tail, units - 1) / Statistics.quantileOfNormal(tail);
        double percentile = Percentiles.nearestRank(sorted, low ? tail : 1 - tail);
        return value + (percentile - value) * widening;
    }

    private List<T> resample(List<T> all, SplittableRandom random) {
        if (launches.size() < LEAST_LAUNCHES) {
            return drawn(all, all.size(), random);
        }
        return launches.stream()
                .map(ignored -> launches.get(random.nextInt(launches.size())))
                .flatMap(launch -> drawn(launch, launch.size(), random).stream())
                .toList();
    }

    private List<T> drawn(List<T> rows, int count, SplittableRandom random) {
        List<T> drawn = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            drawn.add(rows.get(random.nextInt(rows.size())));
        }
        return drawn;
    }
}
