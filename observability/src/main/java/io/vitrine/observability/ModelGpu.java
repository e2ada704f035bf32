package io.vitrine.observability;

import java.time.Duration;

import io.vitrine.gpu.CudaGpu;

/**
 * The GPU that a model runs on.
 *
 * @param id as the configuration names it: {@code cuda:0}
 * @param card which one that is
 * @param freshFor how old a reading may be that is to say something of a step
 */
public record ModelGpu(String id, CudaGpu card, Duration freshFor) {

    /** Refuses what cannot be. */
    public ModelGpu {
        if (freshFor.isNegative()) {
            throw new IllegalArgumentException("freshFor must be >= 0: " + freshFor);
        }
    }
}
