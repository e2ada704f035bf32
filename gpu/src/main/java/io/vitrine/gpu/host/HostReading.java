package io.vitrine.gpu.host;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is known of the host at one moment.
 *
 * @param takenAtNanos when, on the clock that was handed in
 * @param takenAt the same as time of day
 * @param values in the unit of each {@link HostMetric}
 * @param absences why a value is missing, in words
 */
public record HostReading(
        long takenAtNanos, Instant takenAt, Map<HostMetric, Double> values, Map<HostMetric, String> absences) {

    /** The label under which these values are shown, wherever a GPU's name would stand. */
    public static final String LABEL = "host";

    /** Copies the maps. */
    public HostReading {
        values = Map.copyOf(values);
        absences = Map.copyOf(absences);
    }

    /** A value, if this machine tells it. */
    public OptionalDouble value(HostMetric metric) {
        Double value = values.get(metric);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Whether this machine tells it: now, or from the next reading on. */
    public boolean tells(HostMetric metric) {
        return values.containsKey(metric) || HostReader.NEEDS_TWO.equals(absences.get(metric));
    }

    /** Why a value is missing. */
    public Optional<String> whyAbsent(HostMetric metric) {
        return Optional.ofNullable(absences.get(metric));
    }
}
