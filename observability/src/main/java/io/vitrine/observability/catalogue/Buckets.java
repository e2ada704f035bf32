package io.vitrine.observability.catalogue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Upper bounds of histogram buckets, as geometric ladders: the relative error of a quantile is the same for a small model
 * and a large one, over six decades.
 *
 * <p>A quantile that falls into a bucket is known to lie between its bounds and no better, however it is interpolated, so
 * the ratio of neighbouring bounds is the error that can happen. A bucket is a series for each set of labels, so precision
 * is spent where an objective is set:
 *
 * <ul>
 *   <li>The <em>fine</em> ladders, for the four histograms that objectives are set on: neighbours are at most 5 % apart, so a
 *       quantile is off by at most 5 %, whatever the distribution. 1, 2 and 5 of each decade are bounds, so that "under
 *       200 ms" is counted exactly. Beyond the ends that an objective can have, neighbours are a factor of 2 apart.
 *   <li>The coarse ladders, a factor of 2 apart, for phases that are looked at to find a cause, with a twelfth of the series.
 *   <li>{@link #DECADES}, for what has an order of magnitude only.
 * </ul>
 *
 * <p>Classic buckets and not Prometheus's native histograms, which would be one series each: those travel in its protobuf
 * format only, are off by default in Prometheus 2, and neither text nor OpenMetrics 1.0 can show them; a rule that is
 * evaluated in this process and one exported to any Prometheus must see the same bounds. The price is stated in
 * {@code docs/telemetry.md}.
 */
final class Buckets {

    // First, since the ladders below need them.
    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final MathContext FOUR_DIGITS = new MathContext(4);

    /** 0.1 ms to 100 s, fine from 1 ms to 1 s: the time between two tokens, and nobody promises less than a token a second. */
    static final List<Double> FINE_STEP_SECONDS = around(0.0001, fine(-3, 0), 100);

    /** 1 ms to 4 hours, fine from 1 ms to 100 s: the first token. */
    static final List<Double> FINE_FIRST_TOKEN_SECONDS = around(0.001, fine(-3, 2), 4 * 3600);

    /** 1 ms to 4 hours, fine from 100 ms to 100 s: a whole request. */
    static final List<Double> FINE_REQUEST_SECONDS = around(0.001, fine(-1, 2), 4 * 3600);

    /** 100 µs to 2 minutes: one step. */
    static final List<Double> STEP_SECONDS = ladder(0.0001, 120, 2);

    /** 1 µs to 1 s, a factor of 4 apart: compiling a constraint, and its part in one token. */
    static final List<Double> CONSTRAINT_SECONDS = ladder(0.000_001, 1, 4);

    /** 1 ms to 4 hours: phases of a request. */
    static final List<Double> REQUEST_SECONDS = ladder(0.001, 4 * 3600, 2);

    /** 1 ms to 10 000 s, one bound a decade. */
    static final List<Double> DECADES = ladder(0.001, 10_000, 10);

    /** 10 ms to 50 s in steps of 1, 2 and 5: thresholds of objectives. */
    static final List<Double> OBJECTIVES = List.of(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0);

    /** 1 to 67 million, as OpenTelemetry's GenAI conventions advise. */
    static final List<Double> TOKENS = ladder(1, 1 << 26, 4);

    /** 1 to 1024. */
    static final List<Double> SEQUENCES = ladder(1, 1024, 2);

    /** Units of a currency, from a millionth on. */
    static final List<Double> MONEY = ladder(0.000_001, 100, 4);

    private Buckets() {}

    /** From {@code first} up to the first bound that is at least {@code last}. */
    static List<Double> ladder(double first, double last, double ratio) {
        return DoubleStream.iterate(first, bound -> bound < last * ratio * (1 - 1e-9), bound -> bound * ratio)
                .mapToObj(Buckets::readable)
                .toList();
    }

    /** From 10 to the {@code first} up to 10 to the {@code last}, in steps of at most 5 %, of which 49 make a decade. */
    static List<Double> fine(int first, int last) {
        List<Double> bounds = new ArrayList<>();
        for (int decade = first; decade < last; decade++) {
            spread(1, 2, 15, decade, bounds);
            spread(2, 5, 19, decade, bounds);
            spread(5, 10, 15, decade, bounds);
        }
        bounds.add(BigDecimal.ONE.scaleByPowerOfTen(last).doubleValue());
        return List.copyOf(bounds);
    }

    /** Fine bounds, and below and above them bounds a factor of 2 apart, from {@code first} to at least {@code last}. */
    private static List<Double> around(double first, List<Double> fine, double last) {
        double lowest = fine.get(0);
        double highest = fine.get(fine.size() - 1);
        return Stream.of(
                        ladder(first, lowest / 2, 2).stream().filter(bound -> bound < lowest),
                        fine.stream(),
                        ladder(highest * 2, last, 2).stream())
                .flatMap(Function.identity())
                .toList();
    }

    /** Adds {@code from} and the bounds that divide the way to {@code to} into {@code count} equal factors. */
    private static void spread(double from, double to, int count, int decade, List<Double> bounds) {
        for (int i = 0; i < count; i++) {
            double bound = from * Math.pow(to / from, (double) i / count);
            bounds.add(new BigDecimal(bound)
                    .round(FOUR_DIGITS)
                    .scaleByPowerOfTen(decade)
                    .doubleValue());
        }
    }

    private static Double readable(double bound) {
        boolean whole = bound == Math.rint(bound);
        return whole ? bound : new BigDecimal(bound).round(THREE_DIGITS).doubleValue();
    }
}
