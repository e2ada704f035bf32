package io.vitrine.alerting.query;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

import io.vitrine.alerting.series.Growth;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.series.SeriesStore;

/**
 * An expression in the part of PromQL that rules need: selectors with matchers and {@code offset}; {@code rate}, {@code
 * increase} and other functions of a window; {@code histogram_quantile}, {@code absent}; {@code sum}, {@code max},
 * {@code min}, {@code avg} and {@code count} with {@code by} and {@code without}; arithmetic, comparisons, {@code and},
 * {@code or}, {@code unless} with {@code on} and {@code ignoring}. Results are those of Prometheus. Immutable.
 */
public final class Query {

    private final String text;
    private final Expression expression;
    private final Set<String> metrics = new TreeSet<>();
    private Duration reach = SeriesStore.LOOKBACK;
    private boolean counts = true;

    private Query(String text, Expression expression) {
        this.text = text;
        this.expression = expression;
        collect(expression);
    }

    /**
     * Reads an expression.
     *
     * @throws QueryException if the text is none
     */
    public static Query parse(String text) {
        return new Query(text, Parser.parse(text));
    }

    private void collect(Expression part) {
        if (part instanceof Expression.Selector selector) {
            counts = false;
            use(selector, Duration.ZERO);
        } else if (part instanceof Expression.RangeCall call) {
            counts &= (call.function() == RangeFunction.INCREASE || call.function() == RangeFunction.RATE)
                    && call.selector().offset().isZero();
            use(call.selector(), call.window());
            call.arguments().forEach(this::collect);
        } else if (part instanceof Expression.Call call) {
            call.arguments().forEach(this::collect);
        } else if (part instanceof Expression.Aggregate aggregate) {
            collect(aggregate.argument());
        } else if (part instanceof Expression.Binary binary) {
            collect(binary.left());
            collect(binary.right());
        }
    }

    private void use(Expression.Selector selector, Duration window) {
        metrics.add(selector.metric());
        Duration needed = selector.offset().plus(window).plus(SeriesStore.LOOKBACK);
        if (needed.compareTo(reach) > 0) {
            reach = needed;
        }
    }

    /** Names of the metrics it reads, as Prometheus has them. */
    public Set<String> metrics() {
        return Set.copyOf(metrics);
    }

    /** How far back it reads. */
    public Duration reach() {
        return reach;
    }

    /** The value by label set at a time; a number without labels has the empty set. Empty where there is no data. */
    public Map<SortedMap<String, String>, Double> evaluate(SeriesStore store, long atMillis) {
        return evaluate(new Readings.Stored(store, atMillis), atMillis);
    }

    /** The number of events since the scrape before, exactly; only for a query that {@linkplain #counts counts}. */
    public Map<SortedMap<String, String>, Double> evaluate(Growth growth, long atMillis) {
        return evaluate(new Readings.Grown(growth), atMillis);
    }

    private Map<SortedMap<String, String>, Double> evaluate(Readings readings, long atMillis) {
        Value value = new Evaluation(readings, atMillis).of(expression);
        Map<SortedMap<String, String>, Double> result = new LinkedHashMap<>();
        if (value instanceof Value.Scalar scalar) {
            result.put(Series.of("", Map.of()).labels(), scalar.number());
        } else if (value instanceof Value.Vector vector) {
            vector.elements().forEach((series, number) -> result.put(series.labels(), number));
        }
        return result;
    }

    /** Whether it reads counters by {@code increase} or {@code rate} only, so that it counts events. */
    public boolean counts() {
        return counts;
    }

    /** Labels that its results can have; empty if the series that it reads decide it, as without an aggregation. */
    public Optional<Set<String>> labels() {
        return ResultLabels.of(expression);
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
