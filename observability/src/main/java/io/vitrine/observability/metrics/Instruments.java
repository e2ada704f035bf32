package io.vitrine.observability.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.vitrine.observability.catalogue.Label;
import io.vitrine.observability.catalogue.MeterDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Makes Micrometer's meters from the catalogue's definitions, so that name, unit, help and buckets are said once and a
 * label can have no value that the catalogue does not allow. The same meter is given for the same labels. Any thread.
 */
final class Instruments {

    private static final double NANOS_PER_SECOND = 1e9;

    private final MeterRegistry registry;

    /** What function counters read: Micrometer holds it weakly, and would count no more once it is collected. */
    private final List<DoubleSupplier> counted = new ArrayList<>();

    Instruments(MeterRegistry registry) {
        this.registry = registry;
    }

    Counter counter(MeterDefinition meter, String... values) {
        return Counter.builder(meter.name())
                .description(meter.meaning())
                .baseUnit(unit(meter))
                .tags(tags(meter, values))
                .register(registry);
    }

    /** A counter that another party counts; {@code count} never falls. */
    synchronized void counted(MeterDefinition meter, DoubleSupplier count, String... values) {
        counted.add(count);
        FunctionCounter.builder(meter.name(), count, DoubleSupplier::getAsDouble)
                .description(meter.meaning())
                .baseUnit(unit(meter))
                .tags(tags(meter, values))
                .register(registry);
    }

    void gauge(MeterDefinition meter, DoubleSupplier value, String... values) {
        Gauge.builder(meter.name(), value, DoubleSupplier::getAsDouble)
                .description(meter.meaning())
                .baseUnit(unit(meter))
                .tags(tags(meter, values))
                .strongReference(true)
                .register(registry);
    }

    /** A counter or gauge that reads {@code source} for as long as the caller holds it, and until it is {@linkplain #remove removed}. */
    <T> Meter reading(MeterDefinition meter, T source, ToDoubleFunction<T> value, String... values) {
        return switch (meter.kind()) {
            case COUNTER ->
                FunctionCounter.builder(meter.name(), source, value)
                        .description(meter.meaning())
                        .baseUnit(unit(meter))
                        .tags(tags(meter, values))
                        .register(registry);
            case GAUGE ->
                Gauge.builder(meter.name(), source, value)
                        .description(meter.meaning())
                        .baseUnit(unit(meter))
                        .tags(tags(meter, values))
                        .register(registry);
            case TIMER, SUMMARY -> throw new IllegalArgumentException(meter.name() + " is a histogram");
        };
    }

    Timer timer(MeterDefinition meter, String... values) {
        return Timer.builder(meter.name())
                .description(meter.meaning())
                .serviceLevelObjectives(
                        meter.buckets().stream().map(Instruments::duration).toArray(Duration[]::new))
                .tags(tags(meter, values))
                .register(registry);
    }

    DistributionSummary summary(MeterDefinition meter, String... values) {
        return DistributionSummary.builder(meter.name())
                .description(meter.meaning())
                .baseUnit(unit(meter))
                .serviceLevelObjectives(meter.buckets().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray())
                .tags(tags(meter, values))
                .register(registry);
    }

    /** Ends a series: the scrape has it no more. */
    void remove(Meter meter) {
        registry.remove(meter);
    }

    /** Null for a bare count: an empty unit would leave a mark in the name. */
    private static @Nullable String unit(MeterDefinition meter) {
        String suffix = meter.unit().suffix();
        return suffix.isEmpty() ? null : suffix;
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * NANOS_PER_SECOND));
    }

    private static Tags tags(MeterDefinition meter, String... values) {
        List<Label> labels = meter.labels();
        if (labels.size() != values.length) {
            throw new IllegalArgumentException(
                    meter.name() + " has " + labels.size() + " labels, not " + values.length);
        }
        List<Tag> tags = new ArrayList<>(values.length);
        for (int i = 0; i < values.length; i++) {
            tags.add(tag(meter, labels.get(i), values[i]));
        }
        return Tags.of(tags);
    }

    private static Tag tag(MeterDefinition meter, Label label, String value) {
        if (!label.allows(value)) {
            throw new IllegalArgumentException(
                    meter.name() + ": " + label.key() + " must be one of " + label.values() + ": " + value);
        }
        return Tag.of(label.key(), value);
    }
}
