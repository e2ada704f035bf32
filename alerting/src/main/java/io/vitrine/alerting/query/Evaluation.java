package io.vitrine.alerting.query;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

import io.vitrine.alerting.query.Expression.Grouping;
import io.vitrine.alerting.query.Value.Scalar;
import io.vitrine.alerting.query.Value.Vector;
import io.vitrine.alerting.series.Matcher;
import io.vitrine.alerting.series.Series;

/** One evaluation of a query at one time. */
final class Evaluation {

    private static final double MILLIS = 1e3;

    private final Readings readings;
    private final long atMillis;

    Evaluation(Readings readings, long atMillis) {
        this.readings = readings;
        this.atMillis = atMillis;
    }

    Value of(Expression expression) {
        if (expression instanceof Expression.Literal number) {
            return new Scalar(number.value());
        }
        if (expression instanceof Expression.Selector selector) {
            return new Vector(readings.instant(selector));
        }
        if (expression instanceof Expression.RangeCall call) {
            return range(call);
        }
        if (expression instanceof Expression.Call call) {
            return call(call);
        }
        if (expression instanceof Expression.Aggregate aggregate) {
            return aggregate(aggregate);
        }
        return binary((Expression.Binary) expression);
    }

    private Vector range(Expression.RangeCall call) {
        double argument =
                call.arguments().isEmpty() ? 0 : scalar(call.arguments().get(0));
        Map<Series, Double> result = new LinkedHashMap<>();
        readings.range(call, argument).forEach((series, value) -> result.put(nameless(series), value));
        return new Vector(result);
    }

    private double scalar(Expression expression) {
        return of(expression) instanceof Scalar scalar ? scalar.number() : Double.NaN;
    }

    private Map<Series, Double> vector(Expression expression) {
        Value value = of(expression);
        if (value instanceof Vector vector) {
            return vector.elements();
        }
        return Map.of(Series.of("", Map.of()), ((Scalar) value).number());
    }

    private Value call(Expression.Call call) {
        List<Expression> arguments = call.arguments();
        return switch (call.function()) {
            case ABS -> mapped(vector(arguments.get(0)), Math::abs);
            case ABSENT -> absent(arguments.get(0));
            case CLAMP_MAX -> {
                double limit = scalar(arguments.get(1));
                yield mapped(vector(arguments.get(0)), value -> Math.min(value, limit));
            }
            case CLAMP_MIN -> {
                double limit = scalar(arguments.get(1));
                yield mapped(vector(arguments.get(0)), value -> Math.max(value, limit));
            }
            case HISTOGRAM_QUANTILE -> new Vector(Quantiles.of(scalar(arguments.get(0)), vector(arguments.get(1))));
            case SCALAR -> {
                Map<Series, Double> elements = vector(arguments.get(0));
                yield new Scalar(
                        elements.size() == 1 ? elements.values().iterator().next() : Double.NaN);
            }
            case TIME -> new Scalar(atMillis / MILLIS);
            case VECTOR -> new Vector(Map.of(Series.of("", Map.of()), scalar(arguments.get(0))));
        };
    }

    private static Vector mapped(Map<Series, Double> elements, DoubleUnaryOperator operator) {
        Map<Series, Double> result = new LinkedHashMap<>();
        elements.forEach((series, value) -> result.put(nameless(series), operator.applyAsDouble(value)));
        return new Vector(result);
    }

    /** 1 with the labels that the selector fixes, if nothing is there. */
    private Vector absent(Expression argument) {
        if (!vector(argument).isEmpty()) {
            return new Vector(Map.of());
        }
        Map<String, String> labels = new TreeMap<>();
        if (argument instanceof Expression.Selector selector) {
            selector.matchers().stream()
                    .filter(Matcher::isEquality)
                    .forEach(matcher -> labels.put(matcher.label(), matcher.value()));
        }
        return new Vector(Map.of(Series.of("", labels), 1.0));
    }

    private Vector aggregate(Expression.Aggregate aggregate) {
        Map<Series, List<Double>> groups = new LinkedHashMap<>();
        vector(aggregate.argument()).forEach((series, value) -> groups.computeIfAbsent(
                        grouped(series, aggregate.grouping()), group -> new ArrayList<>())
                .add(value));
        Map<Series, Double> result = new LinkedHashMap<>();
        groups.forEach((group, values) -> result.put(
                group,
                aggregate
                        .aggregation()
                        .of(values.stream().mapToDouble(Double::doubleValue).toArray())));
        return new Vector(result);
    }

    private static Series grouped(Series series, Grouping grouping) {
        Map<String, String> labels = new TreeMap<>(series.labels());
        labels.keySet().removeIf(label -> grouping.labels().contains(label) != grouping.keep());
        return Series.of("", labels);
    }

    private static Series nameless(Series series) {
        return new Series("", series.labels());
    }

    private Value binary(Expression.Binary binary) {
        if (binary.operator().isSet()) {
            return set(binary);
        }
        Value left = of(binary.left());
        Value right = of(binary.right());
        if (left instanceof Scalar one && right instanceof Scalar other) {
            return new Scalar(binary.operator().apply(one.number(), other.number()));
        }
        if (right instanceof Scalar scalar) {
            return withScalar(binary, ((Vector) left).elements(), scalar.number(), false);
        }
        if (left instanceof Scalar scalar) {
            return withScalar(binary, ((Vector) right).elements(), scalar.number(), true);
        }
        return paired(binary, ((Vector) left).elements(), ((Vector) right).elements());
    }

    private static Vector withScalar(
            Expression.Binary binary, Map<Series, Double> elements, double scalar, boolean scalarFirst) {
        Map<Series, Double> result = new LinkedHashMap<>();
        elements.forEach((series, value) -> {
            double computed = scalarFirst
                    ? binary.operator().apply(scalar, value)
                    : binary.operator().apply(value, scalar);
            put(result, binary, series, value, computed);
        });
        return new Vector(result);
    }

    /** A comparison keeps the element it holds for, anything else computes a new one. */
    private static void put(
            Map<Series, Double> result, Expression.Binary binary, Series series, double value, double computed) {
        if (!binary.operator().isComparison() || binary.bool()) {
            result.put(nameless(series), computed);
        } else if (computed != 0) {
            result.put(series, value);
        }
    }

    private static Vector paired(Expression.Binary binary, Map<Series, Double> left, Map<Series, Double> right) {
        Grouping matching = matching(binary.matching());
        Map<Series, Double> rightByKey = new LinkedHashMap<>();
        right.forEach((series, value) -> requireNew(rightByKey.put(grouped(series, matching), value)));
        Set<Series> seen = new HashSet<>();
        Map<Series, Double> result = new LinkedHashMap<>();
        left.forEach((series, value) -> {
            Series key = grouped(series, matching);
            Double other = rightByKey.get(key);
            if (other == null) {
                return;
            }
            if (!seen.add(key)) {
                throw new IllegalStateException("several series on the left have the labels " + key.labels());
            }
            boolean filters = binary.operator().isComparison() && !binary.bool();
            put(result, binary, filters ? series : key, value, binary.operator().apply(value, other));
        });
        return new Vector(result);
    }

    private static void requireNew(Object before) {
        if (before != null) {
            throw new IllegalStateException("several series on the right have the same labels");
        }
    }

    private static Grouping matching(Optional<Grouping> given) {
        return given.orElse(new Grouping(false, List.of()));
    }

    private Vector set(Expression.Binary binary) {
        Grouping matching = matching(binary.matching());
        Map<Series, Double> left = vector(binary.left());
        Map<Series, Double> right = vector(binary.right());
        Map<Series, Double> result = new LinkedHashMap<>();
        boolean union = binary.operator() == Operator.OR;
        Set<Series> keys = keys(union ? left : right, matching);
        if (union) {
            result.putAll(left);
            right.forEach((series, value) -> {
                if (!keys.contains(grouped(series, matching))) {
                    result.put(series, value);
                }
            });
        } else {
            left.forEach((series, value) -> {
                if (keys.contains(grouped(series, matching)) == (binary.operator() == Operator.AND)) {
                    result.put(series, value);
                }
            });
        }
        return new Vector(result);
    }

    private static Set<Series> keys(Map<Series, Double> elements, Grouping matching) {
        Set<Series> keys = new HashSet<>();
        elements.keySet().forEach(series -> keys.add(grouped(series, matching)));
        return keys;
    }
}
