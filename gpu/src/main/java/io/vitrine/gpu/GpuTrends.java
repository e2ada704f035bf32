package io.vitrine.gpu;

import java.util.OptionalDouble;

import org.jspecify.annotations.Nullable;

/**
 * What the last minutes of a GPU add up to; each is empty until the window is full enough to say.
 *
 * @param utilizationMeanOrNull mean of the compute load over 15 minutes
 * @param throttledSeconds seconds of the last 5 minutes in which heat or the power brake held the clocks
 * @param correctedErrors corrected memory errors in the last 5 minutes
 * @param memorySlopeOrNull bytes a second by which memory grew over 30 minutes, as a straight line through them
 * @param fullInSecondsOrNull when memory is full if that goes on; null while it does not grow
 * @param slowPollSecondsOrNull the 95th percentile of how long a poll of this GPU took, over 5 minutes
 */
public record GpuTrends(
        @Nullable Double utilizationMeanOrNull,
        double throttledSeconds,
        double correctedErrors,
        @Nullable Double memorySlopeOrNull,
        @Nullable Double fullInSecondsOrNull,
        @Nullable Double slowPollSecondsOrNull) {

    /** Nothing is known yet. */
    public static final GpuTrends NONE = new GpuTrends(null, 0, 0, null, null, null);

    /** Mean compute load over 15 minutes, 0 to 1. */
    public OptionalDouble utilizationMeanRatio() {
        return optional(utilizationMeanOrNull);
    }

    /** Corrected memory errors a second, over 5 minutes. */
    public double correctedErrorsPerSecond() {
        return correctedErrors / GpuWindow.SHORT_SECONDS;
    }

    /** Bytes a second by which memory grew over 30 minutes; may be negative. */
    public OptionalDouble memoryBytesPerSecond() {
        return optional(memorySlopeOrNull);
    }

    /** Seconds until memory is full at that pace. */
    public OptionalDouble memoryFullInSeconds() {
        return optional(fullInSecondsOrNull);
    }

    /** 95th percentile of a poll's time over 5 minutes, in seconds. */
    public OptionalDouble slowPollSeconds() {
        return optional(slowPollSecondsOrNull);
    }

    private static OptionalDouble optional(@Nullable Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
