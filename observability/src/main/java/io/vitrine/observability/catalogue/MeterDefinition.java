package io.vitrine.observability.catalogue;

import java.util.List;

/**
 * One meter: everything that is said about it, said once.
 *
 * @param name in dotted form; Prometheus shows {@code vitrine.queue.time} as {@code vitrine_queue_time_seconds}
 * @param unit of its values
 * @param meaning one sentence, shown as the help text
 * @param labels in the order in which values are given
 * @param buckets upper bounds, in the unit; empty for a meter that is no histogram
 */
public record MeterDefinition(
        String name, MeterKind kind, MeterUnit unit, String meaning, List<Label> labels, List<Double> buckets) {

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
        String suffix = unit.suffix();
        String withUnit = suffix.isEmpty() || family.endsWith(suffix) ? family : family + '_' + suffix;
        return kind == MeterKind.COUNTER ? withUnit + "_total" : withUnit;
    }

    /** The same meter in another unit. */
    MeterDefinition in(MeterUnit other) {
        return new MeterDefinition(name, kind, other, meaning, labels, buckets);
    }

    static MeterDefinition counter(String name, String unit, String meaning, Label... labels) {
        return new MeterDefinition(name, MeterKind.COUNTER, MeterUnit.of(unit), meaning, List.of(labels), List.of());
    }

    static MeterDefinition gauge(String name, String unit, String meaning, Label... labels) {
        return new MeterDefinition(name, MeterKind.GAUGE, MeterUnit.of(unit), meaning, List.of(labels), List.of());
    }

    static MeterDefinition timer(String name, List<Double> buckets, String meaning, Label... labels) {
        return new MeterDefinition(name, MeterKind.TIMER, MeterUnit.of(SECONDS), meaning, List.of(labels), buckets);
    }

    static MeterDefinition summary(String name, String unit, List<Double> buckets, String meaning, Label... labels) {
        return new MeterDefinition(name, MeterKind.SUMMARY, MeterUnit.of(unit), meaning, List.of(labels), buckets);
    }
}
