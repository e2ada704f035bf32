package io.vitrine.gpu.advice;

import java.time.Instant;

/**
 * One minute of a GPU, or the host, and of the server on it: what of a day's history is kept.
 *
 * @param from its beginning
 * @param samples readings in it
 * @param utilizationMean compute load, 0 to 1; NaN if it is not told, as the next two
 * @param occupiedPeak memory occupied of total, the most
 * @param powerMean power of its limit
 * @param throttled whether heat or the power supply held the clocks in it
 * @param busyMean slots busy, of all
 * @param queuedMean requests that waited
 */
public record CapacityMinute(
        Instant from,
        int samples,
        double utilizationMean,
        double occupiedPeak,
        double powerMean,
        boolean throttled,
        double busyMean,
        double queuedMean) {}
