package io.vitrine.observability.catalogue;

import java.util.List;

/**
 * One meter: everything that is said about it, said once.
 *
 * @param name in dotted form; Prometheus shows {@code vitrine.queue.time} as {@code vitrine_queue_time_seconds}
 * @param unit plural, empty for a bare count
 * @param meaning one sentence, shown as the help text
 * @param labels in the order in which values are given
 * @param buckets upper bounds, in {@code unit}; empty for a meter that is no histogram
 */
public record MeterDefinition(
        String name, MeterKind kind, String unit, String meaning, List<Label> labels, List<Double> buckets) {

    /** Unit of every {@link MeterKind#TIMER}. */
    public static final String SECONDS = "seconds";

    public MeterDefinition {
        labels = List.copyOf(labels);
        buckets = List.copyOf(buckets);
        boolean histogram = kind == MeterKind.TIMER || kind == MeterKind.SUMMARY;
        if (histogram == buckets.isEmpty()) {
            throw new IllegalArgumentException(name + ": buckets do not go with kind " + kind);
        }
    }

    /** The family as Prometheus's text format names it. */
    public String prometheusName() {
        String family = name.replace('.', '_');
        String withUnit = unit.isEmpty() || family.endsWith(unit) ? family : family + '_' + unit;
        return kind == MeterKind.COUNTER ? withUnit + "_total" : withUnit;
    }

    static MeterDefinition counter(String name, String unit, String meaning, Label... labels) {
        return new MeterDefinition(name, MeterKind.COUNTER, unit, meaning, List.of(labels), List.of());
    }

    static MeterDefinition gauge(String name, String unit, String meaning, Label... labels) {
        return new MeterDefinition(name, MeterKind.GAUGE, unit, meaning, List.of(labels), List.of());
    }

    static MeterDefinition timer(String name, List<Double> buckets, String meaning, Label... labels) {
        return new MeterDefinition(name, MeterKind.TIMER, SECONDS, meaning, List.of(labels), buckets);
    }

    static MeterDefinition summary(String name, String unit, List<Double> buckets, String meaning, Label... labels) {
        return new MeterDefinition(name, MeterKind.SUMMARY, unit, meaning, List.of(labels), buckets);
    }
}
