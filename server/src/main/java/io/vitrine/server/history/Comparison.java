package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.vitrine.server.search.SearchKey;

/**
 * How a selection of requests differs from the rest, attribute by attribute, the most different first.
 *
 * @param selected how many requests
 * @param rest how many requests
 */
public record Comparison(
        String from,
        String to,
        long selected,
        long rest,
        List<Attribute> attributes,
        int scanned,
        boolean complete,
        List<String> damagedFiles) {

    private static final List<SearchKey> KEYS = List.of(
            SearchKey.TENANT,
            SearchKey.MODEL,
            SearchKey.ROUTE,
            SearchKey.OUTCOME,
            SearchKey.STATUS,
            SearchKey.FINISH,
            SearchKey.ERROR,
            SearchKey.STREAM,
            SearchKey.IN,
            SearchKey.OUT,
            SearchKey.CACHED,
            SearchKey.BATCH,
            SearchKey.CHOICES,
            SearchKey.QUEUE,
            SearchKey.TTFT,
            SearchKey.TPOT,
            SearchKey.DURATION);
    private static final int SHOWN_VALUES = 10;
    private static final int MOST_VALUES = 1_000;
    private static final String NONE = "(none)";
    private static final String OTHERS = "(others)";

    /**
     * An attribute.
     *
     * @param difference total variation distance of both distributions, 0 (equal) to 1 (nothing in common)
     */
    public record Attribute(String attribute, double difference, List<Value> values) {}

    /** A value, or a range of numbers, and which part of both sides has it. */
    public record Value(String value, long selected, long rest, double selectedShare, double restShare) {

        private double distance() {
            return Math.abs(selectedShare - restShare);
        }
    }

    static final class Builder {

        private final Map<SearchKey, Map<String, long[]>> counts = new HashMap<>();
        private final Set<SearchKey> skipped;
        private long selected;
        private long rest;

        /** @param skipped what the selection was made by: it differs of course */
        Builder(Set<SearchKey> skipped) {
            this.skipped = skipped;
        }

        void add(LoggedRow request, boolean isSelected) {
            if (isSelected) {
                selected++;
            } else {
                rest++;
            }
            for (SearchKey key : KEYS) {
                if (skipped.contains(key)) {
                    continue;
                }
                Map<String, long[]> values = counts.computeIfAbsent(key, ignored -> new HashMap<>());
                String value = value(request, key).orElse(NONE);
                String counted = values.size() < MOST_VALUES || values.containsKey(value) ? value : OTHERS;
                values.computeIfAbsent(counted, ignored -> new long[2])[isSelected ? 0 : 1]++;
            }
        }

        private static Optional<String> value(LoggedRow request, SearchKey key) {
            if (key.type() != SearchKey.Type.NUMBER && key.type() != SearchKey.Type.DURATION) {
                return request.text(key);
            }
            var number = request.number(key);
            return number.isEmpty()
                    ? Optional.empty()
                    : Optional.of(range(number.getAsDouble(), key.type() == SearchKey.Type.DURATION ? " ms" : ""));
        }

        /** Powers of two: as wide as the number is large. */
        private static String range(double number, String unit) {
            if (number < 1) {
                return number <= 0 ? "0" + unit : "below 1" + unit;
            }
            long low = Long.highestOneBit((long) number);
            return low == 1 ? "1" + unit : low + "–" + (2 * low - 1) + unit;
        }

        List<Attribute> attributes() {
            List<Attribute> attributes = new ArrayList<>();
            counts.forEach((key, values) -> attributes.add(attribute(key, values)));
            attributes.removeIf(attribute -> attribute.values().size() < 2);
            attributes.sort(
                    Comparator.comparingDouble(Attribute::difference).reversed().thenComparing(Attribute::attribute));
            return attributes;
        }

        private Attribute attribute(SearchKey key, Map<String, long[]> counted) {
            List<Value> values = new ArrayList<>();
            counted.forEach((value, count) -> values.add(new Value(
                    value,
                    count[0],
                    count[1],
                    count[0] / (double) Math.max(1, selected),
                    count[1] / (double) Math.max(1, rest))));
            values.sort(Comparator.comparingDouble(Value::distance).reversed().thenComparing(Value::value));
            double difference = values.stream().mapToDouble(Value::distance).sum() / 2;
            return new Attribute(
                    key.label(),
                    selected == 0 || rest == 0 ? 0 : difference,
                    values.subList(0, Math.min(SHOWN_VALUES, values.size())));
        }

        long selected() {
            return selected;
        }

        long rest() {
            return rest;
        }
    }
}
