package io.vitrine.server.alerting;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.vitrine.alerting.pipeline.AlertPipeline;
import io.vitrine.alerting.pipeline.AlertPipeline.Step;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.series.Sample;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.slo.SloTracker;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.AlertChange;
import io.vitrine.observability.AlertReport;
import io.vitrine.observability.AlertReport.ObjectiveReading;
import io.vitrine.observability.AlertReport.Window;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.MeterReading;

/** One evaluation after the other: reads the meters, runs the pipeline, logs, saves, reports. One thread. */
final class AlertEvaluation {

    private final AlertPipeline pipeline;
    private final Set<String> metrics;
    private final Function<Set<String>, Optional<List<MeterReading>>> meters;
    private final AlertSaver saver;
    private final LifecycleListener events;
    private final NanoClock nanos;
    private Map<String, String> failures = Map.of();
    private long failureCount;

    /** @param meters the series of these metrics now; empty while there are none to be read */
    AlertEvaluation(
            AlertPipeline pipeline,
            Function<Set<String>, Optional<List<MeterReading>>> meters,
            AlertSaver saver,
            LifecycleListener events,
            NanoClock nanos) {
        this.pipeline = pipeline;
        this.metrics = pipeline.metrics();
        this.meters = meters;
        this.saver = saver;
        this.events = events;
        this.nanos = nanos;
    }

    /** Evaluates everything; the report is for the meters. Empty while no meters can be read. */
    Optional<AlertReport> step(long atMillis) {
        long began = nanos.nanoTime();
        Optional<List<MeterReading>> readings = meters.apply(metrics);
        if (readings.isEmpty()) {
            return Optional.empty();
        }
        Step step = pipeline.step(
                atMillis,
                readings.get().stream()
                        .map(reading -> new Sample(new Series(reading.name(), reading.labels()), reading.value()))
                        .toList());
        failures = step.failures();
        failureCount += failures.size();
        step.changed().forEach(alert -> events.alertChanged(change(alert)));
        saver.add(step);
        return Optional.of(report(nanos.nanoTime() - began));
    }

    /** Writes what is not saved. */
    CompletableFuture<Void> save(long atMillis) {
        return saver.save(pipeline, atMillis);
    }

    private static AlertChange change(Alert alert) {
        AlertChange.Kind kind =
                switch (alert.state()) {
                    case PENDING -> AlertChange.Kind.PENDING;
                    case FIRING -> AlertChange.Kind.FIRING;
                    case RESOLVED -> AlertChange.Kind.RESOLVED;
                    case INACTIVE -> AlertChange.Kind.CANCELLED;
                };
        return new AlertChange(
                kind,
                alert.rule().name(),
                alert.rule().severity().name(),
                alert.fingerprint(),
                alert.labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(" ")),
                alert.summary(),
                alert.rule().runbook());
    }

    private AlertReport report(long evaluationNanos) {
        return new AlertReport(
                pipeline.alerts().stream()
                        .filter(alert -> alert.state() == AlertState.FIRING)
                        .collect(Collectors.groupingBy(
                                alert -> alert.rule().severity().name(), Collectors.counting())),
                pipeline.objectives().stream().map(AlertEvaluation::reading).toList(),
                pipeline.seriesCount(),
                pipeline.refusedCount(),
                failureCount,
                saver.unsavedCount(),
                saver.failureCount(),
                saver.lostCount(),
                evaluationNanos);
    }

    private static ObjectiveReading reading(SloTracker.Reading reading) {
        return new ObjectiveReading(
                reading.objective().name(),
                reading.labels().getOrDefault("model", ""),
                reading.labels().getOrDefault("tenant_class", ""),
                reading.budget().goodShare().orElse(Double.NaN),
                reading.budget().left(),
                reading.budget().timeToExhaustion().map(left -> (double) left.toSeconds()).orElse(Double.POSITIVE_INFINITY),
                reading.windows().entrySet().stream()
                        .collect(Collectors.toMap(
                                window -> PromDuration.format(window.getKey()),
                                window -> new Window(
                                        window.getValue().burnRate(),
                                        window.getValue().events()))));
    }

    AlertPipeline pipeline() {
        return pipeline;
    }

    /** Rules and objectives whose last evaluation failed, and why. */
    Map<String, String> failures() {
        return failures;
    }
}
