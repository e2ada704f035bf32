package io.vitrine.server.alerting;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.vitrine.alerting.pipeline.AlertPipeline;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.routing.Silence;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.series.Matcher;
import io.vitrine.alerting.slo.Objective;
import io.vitrine.alerting.slo.SloTracker;
import org.jspecify.annotations.Nullable;

/** What operators see of alerts: objects for JSON, times as ISO 8601 in UTC. */
public final class AlertViews {

    private AlertViews() {}

    static Map<String, Object> alert(Alert alert, AlertPipeline pipeline, long nowMillis) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("alert", alert.rule().name());
        object.put("severity", alert.rule().severity().name());
        object.put("state", lower(alert.state()));
        object.put("fingerprint", alert.fingerprint());
        object.put("labels", alert.labels());
        object.put("summary", alert.summary());
        object.put("action", alert.rule().action());
        object.put("runbook", alert.rule().runbook());
        object.put("value", finite(alert.value()));
        object.put("active_since", time(alert.activeSinceMillis()));
        object.put("changed", time(alert.changedMillis()));
        if (alert.state() == AlertState.FIRING) {
            object.put("acknowledged", pipeline.router().isAcknowledged(alert));
            object.put("flapping", pipeline.router().isFlapping(alert.fingerprint(), nowMillis));
        }
        pipeline.router().suppression(alert, nowMillis).ifPresent(reason -> object.put("suppressed", reason));
        return object;
    }

    /** Every rule with the state of its alerts. */
    static List<Map<String, Object>> rules(AlertPipeline pipeline, Map<String, String> failures) {
        Set<String> withoutData = pipeline.rulesWithoutData();
        List<Map<String, Object>> rules = new ArrayList<>();
        List<Alert> alerts = pipeline.alerts();
        for (AlertRule rule : pipeline.plan().rules()) {
            Map<String, Object> object = rule(rule);
            String failure = failures.get(rule.name());
            object.put("state", state(rule, alerts, withoutData, failure));
            if (failure != null) {
                object.put("failure", failure);
            }
            rules.add(object);
        }
        return rules;
    }

    private static String state(AlertRule rule, List<Alert> alerts, Set<String> withoutData, @Nullable String failure) {
        if (failure != null) {
            return "failed";
        }
        return alerts.stream()
                .filter(alert -> alert.rule().name().equals(rule.name()))
                .map(Alert::state)
                .max(AlertState::compareTo)
                .map(AlertViews::lower)
                .orElse(withoutData.contains(rule.name()) ? "no_data" : "inactive");
    }

    /** A rule as it is configured. */
    public static Map<String, Object> rule(AlertRule rule) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("alert", rule.name());
        object.put("severity", rule.severity().name());
        object.put("expr", rule.expr().toString());
        object.put("fires", rule.fires().toString());
        object.put("clears", rule.clears().toString());
        rule.when().ifPresent(guard -> object.put("when", guard.toString()));
        object.put("for", PromDuration.format(rule.holdFor()));
        object.put("clear_for", PromDuration.format(rule.clearFor()));
        object.put("labels", rule.labels());
        object.put("summary", rule.summary().toString());
        object.put("action", rule.action());
        object.put("runbook", rule.runbook());
        return object;
    }

    /** An objective's label set and where it stands. */
    public static Map<String, Object> objective(SloTracker.Reading reading) {
        Objective objective = reading.objective();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("objective", objective.name());
        object.put("description", objective.description());
        object.put("labels", reading.labels());
        object.put("target", objective.target());
        object.put("period", PromDuration.format(objective.period()));
        reading.budget().goodShare().ifPresent(share -> object.put("compliance", share));
        object.put("budget_left", reading.budget().left());
        reading.budget().timeToExhaustion().ifPresent(left -> object.put("exhausted_in_seconds", left.toSeconds()));
        Map<String, Object> windows = new LinkedHashMap<>();
        reading.windows()
                .forEach((length, window) -> windows.put(
                        PromDuration.format(length),
                        Map.of("burn_rate", window.burnRate(), "events", window.events())));
        object.put("windows", windows);
        return object;
    }

    /** An objective that has had no event yet. */
    public static Map<String, Object> objective(Objective objective) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("objective", objective.name());
        object.put("description", objective.description());
        object.put("labels", Map.of());
        object.put("target", objective.target());
        object.put("period", PromDuration.format(objective.period()));
        object.put("windows", Map.of());
        return object;
    }

    /** All objectives, those without events at the end. */
    static List<Map<String, Object>> objectives(List<Objective> all, List<SloTracker.Reading> readings) {
        List<Map<String, Object>> objects = new ArrayList<>();
        readings.forEach(reading -> objects.add(objective(reading)));
        all.stream()
                .filter(objective -> readings.stream()
                        .noneMatch(reading -> reading.objective().equals(objective)))
                .forEach(objective -> objects.add(objective(objective)));
        return objects;
    }

    static Map<String, Object> silence(Silence silence, long nowMillis) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", silence.id());
        object.put(
                "matchers", silence.matchers().stream().map(Matcher::toString).toList());
        object.put("starts", time(silence.startMillis()));
        object.put("until", time(silence.endMillis()));
        object.put(
                "remaining_seconds",
                Duration.ofMillis(silence.endMillis() - nowMillis).toSeconds());
        object.put("who", silence.author());
        object.put("why", silence.reason());
        return object;
    }

    private static String lower(AlertState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    /** JSON has no others. */
    private static Object finite(double value) {
        return Double.isFinite(value) ? value : Double.toString(value);
    }
}
