package io.vitrine.observability.metrics;

import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Timer;
import io.vitrine.observability.AlertReport;
import io.vitrine.observability.AlertReport.ObjectiveReading;
import io.vitrine.observability.catalogue.SliMeters;

/** Shows where alerts and objectives stand, as of the last evaluation. One thread at a time. */
final class AlertMetrics {

    private final LiveSeries series;
    private final Timer evaluation;

    AlertMetrics(Instruments instruments) {
        series = new LiveSeries(instruments);
        evaluation = instruments.timer(SliMeters.EVALUATION);
    }

    synchronized void evaluated(AlertReport report) {
        evaluation.record(report.evaluationNanos(), TimeUnit.NANOSECONDS);
        series.begin();
        Stream.of("P0", "P1", "P2", "P3")
                .forEach(severity -> series.show(
                        SliMeters.FIRING, (double) report.firing().getOrDefault(severity, 0L), severity));
        report.objectives().forEach(this::show);
        series.show(SliMeters.SERIES, report.seriesCount());
        series.show(SliMeters.REFUSED, report.refusedCount());
        series.show(SliMeters.RULE_FAILURES, report.ruleFailures());
        series.show(SliMeters.UNSAVED, report.unsaved());
        series.show(SliMeters.SAVE_FAILURES, report.saveFailures());
        series.show(SliMeters.LOST, report.lost());
        series.end();
    }

    private void show(ObjectiveReading objective) {
        String[] labels = {objective.objective(), objective.model(), objective.tenantClass()};
        if (!Double.isNaN(objective.compliance())) {
            series.show(SliMeters.COMPLIANCE, objective.compliance(), labels);
        }
        series.show(SliMeters.BUDGET_LEFT, objective.budgetLeft(), labels);
        series.show(SliMeters.EXHAUSTION, objective.exhaustionSeconds(), labels);
        objective.windows().forEach((name, window) -> {
            String[] ofWindow = {labels[0], labels[1], labels[2], name};
            series.show(SliMeters.BURN_RATE, window.burnRate(), ofWindow);
            series.show(SliMeters.EVENTS, window.events(), ofWindow);
        });
    }
}
