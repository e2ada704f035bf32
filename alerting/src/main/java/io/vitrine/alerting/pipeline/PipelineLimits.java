package io.vitrine.alerting.pipeline;

/**
 * What bounds a pipeline's memory.
 *
 * @param maxSeries of the scrape
 * @param maxLabelSets of one objective
 * @param maxAlerts of one rule
 */
public record PipelineLimits(int maxSeries, int maxLabelSets, int maxAlerts) {

    public PipelineLimits {
        if (maxSeries < 1 || maxLabelSets < 1 || maxAlerts < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
    }
}
