package io.vitrine.loadtest.measure;

import java.util.OptionalDouble;

/**
 * Percentiles of raw samples: the nearest rank, with the interval that order statistics give. None below the sample floor of MLPerf's early
 * stopping rule (confidence 0.99, one sample beyond).
 */
public final class Percentiles {

    private static final double FLOOR_DOUBT = 0.01;
    private static final double INTERVAL_TAIL = 0.025;

    private Percentiles() {}

    /**
     * A percentile.
     *
     * @param p 0 to 1, both excluded
     * @param value empty below the sample floor
     * @param low lower end of the 95 % interval; empty where no order statistic is low enough
     */
    public record Percentile(double p, OptionalDouble value, OptionalDouble low, OptionalDouble high) {}

    /** The smallest number of samples of which at most one beyond the percentile is improbable: 11 for the median, 662 for p99. */
    public static int floor(double p) {
        requireProportion(p);
        int n = 1;
        while (Math.pow(p, n) + n * Math.pow(p, n - 1) * (1 - p) > FLOOR_DOUBT) {
            n++;
        }
        return n;
    }

    /** The nearest rank: the smallest sample that at least that part of the samples does not exceed. */
    public static double nearestRank(double[] sorted, double p) {
        requireProportion(p);
        int rank = (int) Math.ceil(p * sorted.length - 1e-9);
        return sorted[Math.max(1, rank) - 1];
    }

    /**
     * A percentile of sorted samples.
     *
     * @param effective number of independent samples that the sorted ones are worth, at most their number
     */
    public static Percentile of(double[] sorted, double effective, double p) {
        if (sorted.length < floor(p)) {
            return new Percentile(p, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
        }
        int trials = (int) Math.max(1, Math.round(effective));
        int[] ranks = ranks(trials, p);
        return new Percentile(
                p,
                OptionalDouble.of(nearestRank(sorted, p)),
                sampleAt(sorted, ranks[0], trials),
                sampleAt(sorted, ranks[1], trials));
    }

    /** Ranks from 1 to {@code trials} whose samples enclose the percentile with 95 %; 0 and {@code trials + 1} for none. */
    private static int[] ranks(int trials, double p) {
        double cumulative = 0;
        int low = 0;
        int high = trials + 1;
        for (int below = 0; below <= trials; below++) {
            cumulative += probability(trials, below, p);
            if (cumulative <= INTERVAL_TAIL) {
                low = below + 1;
            }
            if (cumulative >= 1 - INTERVAL_TAIL) {
                high = below + 1;
                break;
            }
        }
        return new int[] {low, high};
    }

    private static OptionalDouble sampleAt(double[] sorted, int rank, int trials) {
        if (rank < 1 || rank > trials) {
            return OptionalDouble.empty();
        }
        int scaled = (int) Math.ceil((double) rank * sorted.length / trials);
        return OptionalDouble.of(sorted[Math.min(sorted.length, scaled) - 1]);
    }

    private static double probability(int trials, int successes, double p) {
        return Math.exp(logFactorial(trials)
                - logFactorial(successes)
                - logFactorial(trials - successes)
                + successes * Math.log(p)
                + (trials - successes) * Math.log1p(-p));
    }

    /** Stirling's series, exact to double precision from 10 on; below, the product. */
    private static double logFactorial(int n) {
        if (n < 10) {
            double product = 1;
            for (int factor = 2; factor <= n; factor++) {
                product *= factor;
            }
            return Math.log(product);
        }
        double x = n + 1.0;
        double series = 1 / (12 * x) - 1 / (360 * x * x * x) + 1 / (1260 * Math.pow(x, 5));
        return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
    }

    /** Samples in the order they were taken, corrected for their autocorrelation: {@code n (1 - r) / (1 + r)}. */
    public static double effectiveSize(double[] inOrder) {
        int n = inOrder.length;
        if (n < 3) {
            return n;
        }
        double mean = 0;
        for (double value : inOrder) {
            mean += value / n;
        }
        double variance = 0;
        double covariance = 0;
        for (int index = 0; index < n; index++) {
            double deviation = inOrder[index] - mean;
            variance += deviation * deviation;
            if (index > 0) {
                covariance += deviation * (inOrder[index - 1] - mean);
            }
        }
        double r = variance == 0 ? 0 : Math.max(0, Math.min(0.99, covariance / variance));
        return n * (1 - r) / (1 + r);
    }

    private static void requireProportion(double p) {
        if (!(p > 0 && p < 1)) {
            throw new IllegalArgumentException("a percentile must be between 0 and 1: " + p);
        }
    }
}
