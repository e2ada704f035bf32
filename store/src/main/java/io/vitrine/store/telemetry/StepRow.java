package io.vitrine.store.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * One step of the engine.
 *
 * @param atEpochNanos when it began
 * @param tokens in all its sequences
 * @param kvBytes held by all of them
 * @param attributesJson the rest, a JSON object
 */
public record StepRow(
        long atEpochNanos,
        long durationNanos,
        String phase,
        int batchSize,
        int tokens,
        long kvBytes,
        String attributesJson)
        implements TelemetryRow {

    StepRow withAttributes(String json) {
        return json.equals(attributesJson)
                ? this
                : new StepRow(atEpochNanos, durationNanos, phase, batchSize, tokens, kvBytes, json);
    }

    @Override
    public Signal signal() {
        return Signal.STEPS;
    }

    @Override
    public @Nullable Object[] values() {
        return new @Nullable Object[] {atEpochNanos, durationNanos, phase, batchSize, tokens, kvBytes, attributesJson};
    }
}
