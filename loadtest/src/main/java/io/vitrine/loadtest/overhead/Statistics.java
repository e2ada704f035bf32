package io.vitrine.loadtest.overhead;

import java.util.Arrays;
import java.util.List;

import io.vitrine.loadtest.measure.Percentiles;

/** Small pieces of arithmetic; deterministic on every machine where {@link StrictMath} is needed for it. */
final class Statistics {

    private Statistics() {}

    static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    static double deviation(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return StrictMath.sqrt(squares / (values.length - 1));
    }

    /** The nearest rank; NaN of nothing. */
    static double quantile(List<Double> values, double p) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : Percentiles.nearestRank(sorted, p);
    }

    /** Rank correlation of two samples of equal length, ties by their mean rank. */
    static double rankCorrelation(double[] x, double[] y) {
        double[] ranksX = ranks(x);
        double[] ranksY = ranks(y);
        double meanX = mean(ranksX);
        double meanY = mean(ranksY);
        double both = 0;
        double squaresX = 0;
        double squaresY = 0;
        for (int index = 0; index < x.length; index++) {
            both += (ranksX[index] - meanX) * (ranksY[index] - meanY);
            squaresX += (ranksX[index] - meanX) * (ranksX[index] - meanX);
            squaresY += (ranksY[index] - meanY) * (ranksY[index] - meanY);
        }
        return both / StrictMath.sqrt(squaresX * squaresY);
    }

    private static double[] ranks(double[] values) {
        double[] ranks = new double[values.length];
        for (int index = 0; index < values.length; index++) {
            int below = 0;
            int equal = 0;
            for (double other : values) {
                below += other < values[index] ? 1 : 0;
                equal += other == values[index] ? 1 : 0;
            }
            ranks[index] = below + (equal + 1) / 2.0;
        }
        return ranks;
    }

    /** Probability that Student's t of so many degrees of freedom is above {@code t}. */
    static double tail(double t, int freedom) {
        double half = incompleteBeta(freedom / (freedom + t * t), freedom / 2.0, 0.5) / 2;
        return t >= 0 ? half : 1 - half;
    }

    /** The value that Student's t exceeds with probability {@code tail}, below one half. */
    static double quantileOfT(double tail, int freedom) {
        double low = 0;
        double high = 1e6;
        for (int step = 0; step < 200; step++) {
            double middle = (low + high) / 2;
            if (tail(middle, freedom) > tail) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** The same of the normal distribution. */
    static double quantileOfNormal(double tail) {
        return quantileOfT(tail, 1_000_000);
    }

    /** Regularised, by Lentz's continued fraction (Numerical Recipes, 6.4). */
    private static double incompleteBeta(double x, double a, double b) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        if (x > (a + 1) / (a + b + 2)) {
            return 1 - incompleteBeta(1 - x, b, a);
        }
        double front = StrictMath.exp(
                logGamma(a + b) - logGamma(a) - logGamma(b) + a * StrictMath.log(x) + b * StrictMath.log1p(-x));
        double tiny = 1e-300;
        double c = 1;
        double d = 1 / nonZero(1 - (a + b) * x / (a + 1), tiny);
        double fraction = d;
        for (int m = 1; m < 500; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / nonZero(1 + even * d, tiny);
            c = nonZero(1 + even / c, tiny);
            fraction *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / nonZero(1 + odd * d, tiny);
            c = nonZero(1 + odd / c, tiny);
            fraction *= d * c;
            if (Math.abs(d * c - 1) < 1e-14) {
                break;
            }
        }
        return front * fraction / a;
    }

    private static double nonZero(double value, double tiny) {
        return Math.abs(value) < tiny ? tiny : value;
    }

    /** Stirling's series above 10, the recurrence below. */
    private static double logGamma(double x) {
        double shift = 0;
        double at = x;
        while (at < 10) {
            shift -= StrictMath.log(at);
            at++;
        }
        double inverse = 1 / (at * at);
        double series = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse / 1680))) / at;
        return shift + (at - 0.5) * StrictMath.log(at) - at + 0.5 * StrictMath.log(2 * Math.PI) + series;
    }

    /** Step-down by Holm: what each p-value is worth among all of them. */
    static double[] holm(double[] p) {
        Integer[] order = new Integer[p.length];
        Arrays.setAll(order, index -> index);
        Arrays.sort(order, (a, b) -> Double.compare(p[a], p[b]));
        double[] adjusted = new double[p.length];
        double most = 0;
        for (int rank = 0; rank < p.length; rank++) {
            most = Math.max(most, Math.min(1, (p.length - rank) * p[order[rank]]));
            adjusted[order[rank]] = most;
        }
        return adjusted;
    }
}
