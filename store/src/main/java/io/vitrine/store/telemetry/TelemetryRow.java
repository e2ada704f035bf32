package io.vitrine.store.telemetry;

import org.jspecify.annotations.Nullable;

/** One row of telemetry; its time decides which day's file it goes to. */
public sealed interface TelemetryRow permits SpanRow, LogRow, StepRow, SampleRow, GpuRow {

    Signal signal();

    long atEpochNanos();

    /** What it holds, in the order of its signal's columns. */
    @Nullable
    Object[] values();
}
