package io.vitrine.observability;

import java.time.Duration;

/**
 * The GPU that a model runs on.
 *
 * @param id as the configuration names it: {@code cuda:0}
 * @param index its place in PCI order
 * @param freshFor how old a reading may be that is to say something of a step
 */
public record ModelGpu(String id, int index, Duration freshFor) {

    /** Refuses what cannot be. */
    public ModelGpu {
        if (index < 0) {
            throw new IllegalArgumentException("index must be >= 0: " + index);
        }
        if (freshFor.isNegative()) {
            throw new IllegalArgumentException("freshFor must be >= 0: " + freshFor);
        }
    }
}
