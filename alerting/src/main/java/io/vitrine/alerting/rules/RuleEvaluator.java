package io.vitrine.alerting.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

import io.vitrine.alerting.rules.Alert.EndReason;
import io.vitrine.alerting.series.SeriesStore;

/**
 * One rule's alerts over time. Fires at the same evaluation as Prometheus does with the exported rule ({@link
 * PrometheusRules}). Not thread-safe; evaluations come in the order of their times.
 */
public final class RuleEvaluator {

    private static final long NOT_CLEAR = -1;

    private final AlertRule rule;
    private final int maxAlerts;
    private final Map<SortedMap<String, String>, Instance> instances = new LinkedHashMap<>();
    private boolean noData;
    private boolean restored;
    private long refilledMillis = Long.MIN_VALUE;
    private long refusedAlerts;

    /** @param maxAlerts more label sets than this are not followed, and counted */
    public RuleEvaluator(AlertRule rule, int maxAlerts) {
        this.rule = rule;
        this.maxAlerts = maxAlerts;
    }

    private static final class Instance {
        private AlertState state = AlertState.PENDING;
        private double value;
        private final long activeSince;
        private long changed;
        private long clearSince = NOT_CLEAR;

        Instance(double value, long activeSince) {
            this.value = value;
            this.activeSince = activeSince;
            this.changed = activeSince;
        }
    }

    /**
     * Reads the rule's value and updates the states of its alerts.
     *
     * @return the alerts whose state has changed: to pending, firing, resolved, or from pending to inactive
     */
    public List<Alert> evaluate(SeriesStore store, long atMillis) {
        if (restored) {
            restored = false;
            refilledMillis = atMillis + rule.reach().toMillis();
        }
        Map<SortedMap<String, String>, Double> values = rule.expr().evaluate(store, atMillis);
        boolean guarded = rule.when()
                .map(guard -> guard.evaluate(store, atMillis).isEmpty())
                .orElse(false);
        noData = values.isEmpty();
        List<Alert> changes = new ArrayList<>();
        Set<SortedMap<String, String>> active = new HashSet<>();
        values.forEach((valueLabels, value) -> {
            SortedMap<String, String> labels = rule.alertLabels(valueLabels);
            Instance instance = instances.get(labels);
            if (instance != null) {
                instance.value = value;
            }
            if (isActive(instance, value, guarded)) {
                active.add(labels);
                hold(labels, instance, value, atMillis, changes);
            }
        });
        Set<SortedMap<String, String>> read = new HashSet<>();
        values.keySet().forEach(valueLabels -> read.add(rule.alertLabels(valueLabels)));
        endInactive(active, read, atMillis, changes);
        return changes;
    }

    private boolean isActive(@org.jspecify.annotations.Nullable Instance instance, double value, boolean guarded) {
        boolean begins = !guarded && rule.fires().holds(value);
        boolean goesOn = instance != null
                && instance.state == AlertState.FIRING
                && rule.hasHysteresis()
                && rule.clears().negated().holds(value);
        return begins || goesOn;
    }

    private void hold(
            SortedMap<String, String> labels,
            @org.jspecify.annotations.Nullable Instance known,
            double value,
            long atMillis,
            List<Alert> changes) {
        Instance instance = known;
        if (instance == null) {
            if (instances.size() == maxAlerts) {
                refusedAlerts++;
                return;
            }
            instance = new Instance(value, atMillis);
            instances.put(labels, instance);
            if (!rule.holdFor().isZero()) {
                changes.add(alert(labels, instance, Optional.empty()));
            }
        }
        instance.clearSince = NOT_CLEAR;
        boolean heldLongEnough =
                atMillis - instance.activeSince >= rule.holdFor().toMillis();
        if (instance.state == AlertState.PENDING && heldLongEnough) {
            instance.state = AlertState.FIRING;
            instance.changed = atMillis;
            changes.add(alert(labels, instance, Optional.empty()));
        }
    }

    private void endInactive(
            Set<SortedMap<String, String>> active,
            Set<SortedMap<String, String>> read,
            long atMillis,
            List<Alert> changes) {
        instances.entrySet().removeIf(entry -> {
            Instance instance = entry.getValue();
            if (active.contains(entry.getKey())) {
                return false;
            }
            if (instance.state == AlertState.FIRING) {
                boolean waitsForData = atMillis < refilledMillis && !read.contains(entry.getKey());
                if (waitsForData) {
                    return false;
                }
                if (instance.clearSince == NOT_CLEAR) {
                    instance.clearSince = atMillis;
                }
                if (atMillis - instance.clearSince < rule.clearFor().toMillis()) {
                    return false;
                }
            }
            boolean fired = instance.state == AlertState.FIRING;
            instance.state = fired ? AlertState.RESOLVED : AlertState.INACTIVE;
            instance.changed = atMillis;
            EndReason reason = read.contains(entry.getKey()) ? EndReason.CLEARED : EndReason.NO_DATA;
            changes.add(alert(entry.getKey(), instance, Optional.of(reason)));
            return true;
        });
    }

    private Alert alert(SortedMap<String, String> labels, Instance instance, Optional<EndReason> reason) {
        return new Alert(rule, labels, instance.state, instance.value, instance.activeSince, instance.changed, reason);
    }

    /** Pending and firing alerts. */
    public List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        instances.forEach((labels, instance) -> alerts.add(alert(labels, instance, Optional.empty())));
        return alerts;
    }

    /**
     * Puts firing and pending alerts back after a restart, so that a firing one does not fire again. One without a
     * value is kept until the rule's windows are filled again: the restart alone has emptied them.
     *
     * @param alerts of this rule, as {@link #alerts} gave them
     */
    public void restore(Collection<Alert> alerts) {
        restored = !alerts.isEmpty();
        for (Alert alert : alerts) {
            Instance instance = new Instance(alert.value(), alert.activeSinceMillis());
            instance.state = alert.state();
            instance.changed = alert.changedMillis();
            instances.put(alert.labels(), instance);
        }
    }

    /** Whether the last evaluation had no value at all: the condition is unknown then. */
    public boolean noData() {
        return noData;
    }

    /** Label sets beyond the limit, which were not followed. */
    public long refusedAlerts() {
        return refusedAlerts;
    }

    public AlertRule rule() {
        return rule;
    }
}
