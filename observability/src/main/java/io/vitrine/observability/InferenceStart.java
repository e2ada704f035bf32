package io.vitrine.observability;

import java.util.Optional;

/**
 * What is known of a request when the first of its sequences has got a slot.
 *
 * @param modelName the served name, from the configuration
 * @param gpuId the device that the model runs on; empty on the CPU
 * @param queueNanos from the first choice's submission until now
 * @param batchSize sequences that have a slot now, this one included
 */
public record InferenceStart(
        RequestIdentity request, String modelName, Optional<String> gpuId, long queueNanos, int batchSize) {

    public InferenceStart {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize must be >= 1: " + batchSize);
        }
    }
}
