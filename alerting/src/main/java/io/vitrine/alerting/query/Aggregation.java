package io.vitrine.alerting.query;

import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** How the elements of a group become one. */
enum Aggregation {
    SUM(values -> DoubleStream.of(values).sum()),
    // A NaN yields to any number, as in Prometheus.
    MAX(values -> extreme(values, true)),
    MIN(values -> extreme(values, false)),
    AVG(values -> DoubleStream.of(values).sum() / values.length),
    COUNT(values -> values.length);

    @SuppressWarnings("ImmutableEnumChecker") // lambdas that capture nothing
    private final ToDoubleFunction<double[]> function;

    Aggregation(ToDoubleFunction<double[]> function) {
        this.function = function;
    }

    private static double extreme(double[] values, boolean largest) {
        double best = Double.NaN;
        for (double value : values) {
            if (Double.isNaN(best) || (largest ? value > best : value < best)) {
                best = value;
            }
        }
        return best;
    }

    double of(double[] values) {
        return function.applyAsDouble(values);
    }
}
