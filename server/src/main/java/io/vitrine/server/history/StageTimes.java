package io.vitrine.server.history;

import io.vitrine.store.telemetry.StageSummary;

/** How long a stage took, over many requests; to 1 %. */
public record StageTimes(String stage, long count, double p50Ms, double p95Ms, double p99Ms) {

    static StageTimes of(StageSummary summary) {
        return new StageTimes(
                summary.name(),
                summary.count(),
                Moments.millis(summary.p50Nanos()),
                Moments.millis(summary.p95Nanos()),
                Moments.millis(summary.p99Nanos()));
    }
}
