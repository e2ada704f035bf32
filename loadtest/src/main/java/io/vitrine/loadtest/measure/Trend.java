package io.vitrine.loadtest.measure;

import java.util.Arrays;

/**
 * Whether a series drifts: the Mann-Kendall test with the variance of Hamed and Rao (1998), which autocorrelation of the ranks widens, and the
 * slope of Theil and Sen.
 *
 * @param z standard normal statistic; above 0 for a rise
 * @param relativeChange slope times length over the median
 */
public record Trend(double z, double relativeChange) {

    /** Two-sided 1 %. */
    private static final double SIGNIFICANT_Z = 2.576;

    public boolean significant() {
        return Math.abs(z) > SIGNIFICANT_Z;
    }

    /** Of at least four values, in order. */
    public static Trend of(double[] values) {
        int n = values.length;
        if (n < 4) {
            throw new IllegalArgumentException("a trend needs >= 4 values: " + n);
        }
        double slope = theilSen(values);
        long s = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                s += Long.signum(Double.compare(values[j], values[i]));
            }
        }
        double variance = n * (n - 1.0) * (2 * n + 5.0) / 18 * correction(values, slope);
        double z = s == 0 ? 0 : (s - Long.signum(s)) / Math.sqrt(variance);
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double median = Percentiles.nearestRank(sorted, 0.5);
        return new Trend(z, median == 0 ? 0 : slope * (n - 1) / median);
    }

    private static double theilSen(double[] values) {
        int n = values.length;
        double[] slopes = new double[n * (n - 1) / 2];
        int index = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                slopes[index++] = (values[j] - values[i]) / (j - i);
            }
        }
        Arrays.sort(slopes);
        return (slopes[(slopes.length - 1) / 2] + slopes[slopes.length / 2]) / 2;
    }

    /** From the significant autocorrelations of the ranks of what remains without the slope. */
    private static double correction(double[] values, double slope) {
        int n = values.length;
        double[] rest = new double[n];
        for (int i = 0; i < n; i++) {
            rest[i] = values[i] - slope * i;
        }
        double[] ranks = ranks(rest);
        double sum = 0;
        double bound = 1.96 / Math.sqrt(n);
        for (int lag = 1; lag < n - 2; lag++) {
            double r = autocorrelation(ranks, lag);
            if (Math.abs(r) > bound) {
                sum += (n - lag) * (n - lag - 1.0) * (n - lag - 2.0) * r;
            }
        }
        return Math.max(1.0 / n, 1 + 2 / (n * (n - 1.0) * (n - 2.0)) * sum);
    }

    private static double[] ranks(double[] values) {
        double[] ranks = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            for (double other : values) {
                ranks[i] += other < values[i] ? 1 : other == values[i] ? 0.5 : 0;
            }
        }
        return ranks;
    }

    private static double autocorrelation(double[] values, int lag) {
        double mean = Arrays.stream(values).average().orElse(0);
        double variance = 0;
        double covariance = 0;
        for (int i = 0; i < values.length; i++) {
            variance += (values[i] - mean) * (values[i] - mean);
            if (i >= lag) {
                covariance += (values[i] - mean) * (values[i - lag] - mean);
            }
        }
        return variance == 0 ? 0 : covariance / variance;
    }
}
