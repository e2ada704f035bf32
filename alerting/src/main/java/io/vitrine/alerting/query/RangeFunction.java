package io.vitrine.alerting.query;

import java.time.Duration;
import java.util.OptionalDouble;

import io.vitrine.alerting.series.Points;

/** Functions of the samples of a window, with Prometheus's results. */
enum RangeFunction {
    RATE("rate") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return extrapolated(points, end, window, true, true);
        }
    },
    INCREASE("increase") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return extrapolated(points, end, window, true, false);
        }
    },
    DELTA("delta") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return extrapolated(points, end, window, false, false);
        }
    },
    CHANGES("changes") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            int changes = 0;
            for (int index = 1; index < points.count(); index++) {
                double before = points.value(index - 1);
                double now = points.value(index);
                if (now != before && !(Double.isNaN(now) && Double.isNaN(before))) {
                    changes++;
                }
            }
            return OptionalDouble.of(changes);
        }
    },
    MAX_OVER_TIME("max_over_time") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return OptionalDouble.of(Aggregation.MAX.of(numbers(points)));
        }
    },
    MIN_OVER_TIME("min_over_time") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return OptionalDouble.of(Aggregation.MIN.of(numbers(points)));
        }
    },
    AVG_OVER_TIME("avg_over_time") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return OptionalDouble.of(Aggregation.AVG.of(numbers(points)));
        }
    },
    COUNT_OVER_TIME("count_over_time") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return OptionalDouble.of(points.count());
        }
    },
    /** Value in so many seconds by least squares. */
    PREDICT_LINEAR("predict_linear") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return points.count() < 2
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(line(points, end)[0] + line(points, end)[1] * argument);
        }
    },
    /** Slope a second by least squares. */
    DERIV("deriv") {
        @Override
        OptionalDouble of(Points points, long end, Duration window, double argument) {
            return points.count() < 2 ? OptionalDouble.empty() : OptionalDouble.of(line(points, end)[1]);
        }
    };

    private static final double MILLIS = 1e3;

    private final String symbol;

    RangeFunction(String symbol) {
        this.symbol = symbol;
    }

    String symbol() {
        return symbol;
    }

    /** Whether it takes a number after the window. */
    boolean takesNumber() {
        return this == PREDICT_LINEAR;
    }

    /** Empty where there are too few samples. */
    abstract OptionalDouble of(Points points, long end, Duration window, double argument);

    private static double[] numbers(Points points) {
        double[] values = new double[points.count()];
        for (int index = 0; index < values.length; index++) {
            values[index] = points.value(index);
        }
        return values;
    }

    /**
     * The change between the first and the last sample, resets of counters taken out, extended to the window's ends
     * where a sample is close to them: Prometheus's {@code extrapolatedRate}.
     */
    private static OptionalDouble extrapolated(
            Points points, long end, Duration window, boolean counter, boolean perSecond) {
        int last = points.count() - 1;
        if (last < 1) {
            return OptionalDouble.empty();
        }
        double change = points.value(last) - points.value(0);
        if (counter) {
            for (int index = 1; index <= last; index++) {
                if (points.value(index) < points.value(index - 1)) {
                    change += points.value(index - 1);
                }
            }
        }
        double sampled = (points.millis(last) - points.millis(0)) / MILLIS;
        double between = sampled / last;
        double toStart = (points.millis(0) - end + window.toMillis()) / MILLIS;
        if (counter && change > 0 && points.value(0) >= 0) {
            // A counter was never below zero: it cannot have grown for longer than from there.
            toStart = Math.min(toStart, sampled * (points.value(0) / change));
        }
        toStart = bounded(toStart, between);
        double toEnd = bounded((end - points.millis(last)) / MILLIS, between);
        // In Prometheus's order of operations, so that a value on a threshold falls on the same side.
        double extended = sampled + toStart;
        double factor = (extended + toEnd) / sampled;
        return OptionalDouble.of(change * (perSecond ? factor / (window.toMillis() / MILLIS) : factor));
    }

    private static double bounded(double distance, double between) {
        return distance >= between * 1.1 ? between / 2 : distance;
    }

    /** Value at the end and slope a second. */
    private static double[] line(Points points, long end) {
        double sumX = 0;
        double sumY = 0;
        double sumXy = 0;
        double sumXx = 0;
        int count = points.count();
        for (int index = 0; index < count; index++) {
            double x = (points.millis(index) - end) / MILLIS;
            double y = points.value(index);
            sumX += x;
            sumY += y;
            sumXy += x * y;
            sumXx += x * x;
        }
        double slope = (sumXy - sumX * sumY / count) / (sumXx - sumX * sumX / count);
        return new double[] {sumY / count - slope * sumX / count, slope};
    }
}
