package io.vitrine.alerting.query;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import io.vitrine.alerting.series.Series;

/**
 * {@code histogram_quantile}: the value below which a share of the observations lies, by linear interpolation in its
 * bucket.
 */
final class Quantiles {

    private static final String BOUND = "le";

    private Quantiles() {}

    static Map<Series, Double> of(double quantile, Map<Series, Double> buckets) {
        Map<Series, TreeMap<Double, Double>> histograms = new LinkedHashMap<>();
        buckets.forEach((series, count) -> {
            String bound = series.labels().get(BOUND);
            if (bound != null) {
                Map<String, String> labels = new TreeMap<>(series.labels());
                labels.remove(BOUND);
                histograms
                        .computeIfAbsent(Series.of("", labels), key -> new TreeMap<>())
                        .merge(bound(bound), count, Double::sum);
            }
        });
        Map<Series, Double> result = new LinkedHashMap<>();
        histograms.forEach((series, histogram) -> result.put(series, quantile(quantile, histogram)));
        return result;
    }

    private static double bound(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    private static double quantile(double quantile, NavigableMap<Double, Double> cumulative) {
        if (Double.isNaN(quantile) || quantile < 0 || quantile > 1) {
            return Double.isNaN(quantile)
                    ? Double.NaN
                    : quantile < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        boolean complete = cumulative.lastKey() == Double.POSITIVE_INFINITY && cumulative.size() > 1;
        double total = cumulative.lastEntry().getValue();
        if (!complete || total == 0 || Double.isNaN(total)) {
            return Double.NaN;
        }
        double rank = quantile * total;
        double below = 0;
        double lower = cumulative.firstKey() > 0 ? 0 : Double.NEGATIVE_INFINITY;
        for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
            double count =
                    Math.max(bucket.getValue(), below); // counts of a bucket never lie below those of a smaller one
            if (count >= rank && count > 0) {
                if (bucket.getKey() == Double.POSITIVE_INFINITY) {
                    return cumulative.lowerKey(bucket.getKey());
                }
                if (lower == Double.NEGATIVE_INFINITY || count == below) {
                    return bucket.getKey();
                }
                return lower + (bucket.getKey() - lower) * (rank - below) / (count - below);
            }
            below = count;
            lower = bucket.getKey();
        }
        return Double.NaN;
    }
}
