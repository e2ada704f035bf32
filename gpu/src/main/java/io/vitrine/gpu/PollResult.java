package io.vitrine.gpu;

import java.util.List;

/**
 * One poll of everything.
 *
 * @param startedNanos when it began: one that began before the driver was found stuck tells of the past
 */
record PollResult(
        long startedNanos,
        int generation,
        CollectorStatus status,
        DriverInfo driver,
        List<RawReading> readings,
        long invalidSamples,
        double seconds) {}
