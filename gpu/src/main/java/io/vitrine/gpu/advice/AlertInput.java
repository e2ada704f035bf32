package io.vitrine.gpu.advice;

import java.time.Duration;

import io.vitrine.gpu.GpuReading;

/**
 * What the alert conditions look at.
 *
 * @param gpu the reading
 * @param age how old it is
 * @param loadedShare share of the last 15 minutes in which a request ran or waited, 0 to 1
 * @param preallocatedBytes memory that the server took in advance for its KV cache; 0 if it takes as it goes
 * @param preallocatedUsedRatio how much of that is in use, 0 to 1
 */
public record AlertInput(
        GpuReading gpu, Duration age, double loadedShare, long preallocatedBytes, double preallocatedUsedRatio) {

    /** Refuses shares that are none. */
    public AlertInput {
        within("loadedShare", loadedShare);
        within("preallocatedUsedRatio", preallocatedUsedRatio);
        if (preallocatedBytes < 0) {
            throw new IllegalArgumentException("preallocatedBytes must be >= 0: " + preallocatedBytes);
        }
    }

    private static void within(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be from 0 to 1: " + value);
        }
    }
}
