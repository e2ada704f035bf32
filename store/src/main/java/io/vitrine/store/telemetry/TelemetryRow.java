package io.vitrine.store.telemetry;

import org.jspecify.annotations.Nullable;

/** One row of telemetry; its time decides which day's file it goes to. */
public sealed interface TelemetryRow permits SpanRow, LogRow, StepRow, SampleRow, GpuRow {

    Signal signal();

    long atEpochNanos();

    /** Whose it is; null if it is about no tenant or about all of them. */
    default @Nullable String tenantId() {
        return null;
    }

    /** The request it is about, if it is about one. */
    default @Nullable String requestId() {
        return null;
    }

    /** What it holds, in the order of its signal's columns. */
    @Nullable
    Object[] values();
}
