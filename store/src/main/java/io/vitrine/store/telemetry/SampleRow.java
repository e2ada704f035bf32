package io.vitrine.store.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * One reading of one series of a meter.
 *
 * @param labelsJson its labels, a JSON object with sorted names, so that equal series have equal texts
 * @param value finite
 * @param tenantId if the series is a tenant's, or null
 */
public record SampleRow(
        long atEpochNanos,
        String meter,
        String labelsJson,
        double value,
        @Nullable String tenantId) implements TelemetryRow {

    public SampleRow {
        // SQLite has no NaN and would refuse it as null, much later and far from who made it.
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("value of " + meter + " must be finite: " + value);
        }
    }

    @Override
    public Signal signal() {
        return Signal.SAMPLES;
    }

    @Override
    public @Nullable Object[] values() {
        return new @Nullable Object[] {atEpochNanos, meter, labelsJson, value, tenantId};
    }
}
