package io.vitrine.observability;

import java.util.List;
import java.util.Map;

/**
 * Where alerts and objectives stand after an evaluation; counts are since the start.
 *
 * @param firing alerts by severity
 * @param unsaved notifications that wait for the ledger
 */
public record AlertReport(
        Map<String, Long> firing,
        List<ObjectiveReading> objectives,
        int seriesCount,
        long refusedCount,
        long ruleFailures,
        int unsaved,
        long saveFailures,
        long lost,
        long evaluationNanos) {

    public AlertReport {
        firing = Map.copyOf(firing);
        objectives = List.copyOf(objectives);
    }

    /**
     * One label set of an objective.
     *
     * @param compliance NaN without events
     * @param exhaustionSeconds infinite if the budget lasts
     * @param windows by name, such as {@code 1h}
     */
    public record ObjectiveReading(
            String objective,
            String model,
            String tenantClass,
            double compliance,
            double budgetLeft,
            double exhaustionSeconds,
            Map<String, Window> windows) {

        public ObjectiveReading {
            windows = Map.copyOf(windows);
        }
    }

    /** One window of an objective. */
    public record Window(double burnRate, double events) {}
}
