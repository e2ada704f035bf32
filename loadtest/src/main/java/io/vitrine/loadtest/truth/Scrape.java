package io.vitrine.loadtest.truth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Prometheus text as it was scraped. */
record Scrape(List<Series> series) {

    /** @param labels as written, with a comma on both ends: {@code ,a="b",c="d",} */
    private record Series(String name, String labels, double value) {}

    static Scrape parse(String text) {
        List<Series> series = new ArrayList<>();
        text.lines().filter(line -> !line.isBlank() && line.charAt(0) != '#').forEach(line -> {
            int brace = line.indexOf('{');
            int end = brace < 0 ? line.indexOf(' ') : closingBrace(line, brace);
            String name = line.substring(0, brace < 0 ? end : brace);
            String labels = brace < 0 ? "," : "," + line.substring(brace + 1, end) + ",";
            String value = line.substring(end + 1).trim().split(" ", -1)[0];
            series.add(new Series(name, labels, number(value)));
        });
        return new Scrape(series);
    }

    /** The first one outside a label's quotes; an exemplar behind the value has braces too. */
    private static int closingBrace(String line, int from) {
        boolean quoted = false;
        for (int index = from; index < line.length(); index++) {
            char character = line.charAt(index);
            if (character == '\\') {
                index++;
            } else if (character == '"') {
                quoted = !quoted;
            } else if (character == '}' && !quoted) {
                return index;
            }
        }
        throw new IllegalArgumentException("a line of metrics has no end of labels: " + line);
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** Sum of a metric's series that have all of these labels, each written {@code name="value"}. */
    double sum(String name, String... labels) {
        return series.stream()
                .filter(one -> one.name().equals(name))
                .filter(one ->
                        Arrays.stream(labels).allMatch(label -> one.labels().contains("," + label + ",")))
                .mapToDouble(Series::value)
                .sum();
    }

    /** Cumulative counts by upper bound, over all series of a histogram. */
    private TreeMap<Double, Double> buckets(String name) {
        TreeMap<Double, Double> buckets = new TreeMap<>();
        for (Series one : series) {
            int at = one.name().equals(name + "_bucket") ? one.labels().indexOf(",le=\"") : -1;
            if (at >= 0) {
                String bound = one.labels().substring(at + 5, one.labels().indexOf('"', at + 5));
                buckets.merge(number(bound), one.value(), Double::sum);
            }
        }
        return buckets;
    }

    /** The bounds of the bucket that a quantile of what came since {@code before} lies in. */
    static Range quantile(Scrape before, Scrape after, String name, double p) {
        TreeMap<Double, Double> earlier = before.buckets(name);
        double low = 0;
        double count = after.sum(name + "_count") - before.sum(name + "_count");
        for (var bucket : after.buckets(name).entrySet()) {
            double inside = bucket.getValue() - earlier.getOrDefault(bucket.getKey(), 0.0);
            if (count > 0 && inside >= p * count) {
                return new Range(OptionalDouble.of(low), OptionalDouble.of(bucket.getKey()));
            }
            low = bucket.getKey();
        }
        return new Range(OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** Both empty without data. */
    record Range(OptionalDouble low, OptionalDouble high) {}
}
