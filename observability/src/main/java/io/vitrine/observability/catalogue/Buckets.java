package io.vitrine.observability.catalogue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Upper bounds of histogram buckets, as geometric ladders: the relative error of a quantile is the same for a small model
 * and a large one.
 *
 * <p>For durations each bound is √2 times the one before. A quantile that falls into a bucket is therefore known to within
 * a factor of √2: linear interpolation, as Prometheus does it, is off by at most 41 %, the bucket's geometric middle by at
 * most 19 %. Bounds have three digits, so that a human can read them.
 */
final class Buckets {

    // First, since the ladders below need it.
    private static final MathContext THREE_DIGITS = new MathContext(3);

    /** 100 µs to 2 minutes: one step, one token. */
    static final List<Double> STEP_SECONDS = ladder(0.0001, 120, Math.sqrt(2));

    /** 1 ms to 4 hours: a whole request and its phases. */
    static final List<Double> REQUEST_SECONDS = ladder(0.001, 4 * 3600, Math.sqrt(2));

    /** 1 to 67 million, as OpenTelemetry's GenAI conventions advise. */
    static final List<Double> TOKENS = ladder(1, 1 << 26, 4);

    /** 1 to 1024. */
    static final List<Double> SEQUENCES = ladder(1, 1024, 2);

    private Buckets() {}

    /** From {@code first} up to the first bound that is at least {@code last}. */
    static List<Double> ladder(double first, double last, double ratio) {
        return DoubleStream.iterate(first, bound -> bound < last * ratio * (1 - 1e-9), bound -> bound * ratio)
                .mapToObj(Buckets::readable)
                .toList();
    }

    private static Double readable(double bound) {
        boolean whole = bound == Math.rint(bound);
        return whole ? bound : new BigDecimal(bound).round(THREE_DIGITS).doubleValue();
    }
}
