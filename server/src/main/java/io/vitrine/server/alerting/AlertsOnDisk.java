package io.vitrine.server.alerting;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.vitrine.alerting.pipeline.AlertPipeline;
import io.vitrine.alerting.pipeline.PipelineLimits;
import io.vitrine.alerting.pipeline.PipelineState;
import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.slo.Objective;
import io.vitrine.alerting.slo.SloHour;
import io.vitrine.alerting.slo.SloTracker;
import io.vitrine.store.ledger.AlertLedger;

/** Alerts, objectives and silences as the ledger has them, for commands beside a server or without one. */
public final class AlertsOnDisk {

    private static final PipelineLimits LIMITS = new PipelineLimits(1_000, 1_000, 1_000);

    private AlertsOnDisk() {}

    /** Pending and firing alerts, as of the last time that one changed. */
    public static List<Map<String, Object>> alerts(AlertLedger ledger, AlertPlan plan, long nowMillis) {
        PipelineState state = AlertRecords.read(ledger, nowMillis);
        AlertPipeline pipeline = new AlertPipeline(plan, LIMITS);
        pipeline.restore(state, nowMillis);
        List<Map<String, Object>> alerts = new ArrayList<>();
        for (Alert alert : pipeline.alerts()) {
            alerts.add(AlertViews.alert(alert, pipeline, nowMillis));
        }
        return alerts;
    }

    /** Where objectives stand. */
    public static List<Map<String, Object>> objectives(AlertLedger ledger, List<Objective> objectives, long nowMillis) {
        List<SloHour> hours = AlertRecords.read(ledger, nowMillis).hours();
        List<SloTracker.Reading> readings = new ArrayList<>();
        for (Objective objective : objectives) {
            SloTracker tracker = new SloTracker(objective, LIMITS.maxLabelSets());
            tracker.restore(hours.stream()
                    .filter(hour -> hour.objective().equals(objective.name()))
                    .toList());
            readings.addAll(tracker.readings(nowMillis));
        }
        return AlertViews.objectives(objectives, readings);
    }

    /** Silences that have not ended. */
    public static List<Map<String, Object>> silences(AlertLedger ledger, long nowMillis) {
        return AlertRecords.silences(ledger, nowMillis).stream()
                .map(silence -> AlertViews.silence(silence, nowMillis))
                .toList();
    }
}
