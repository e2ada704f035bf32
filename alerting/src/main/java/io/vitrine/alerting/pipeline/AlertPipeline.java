package io.vitrine.alerting.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.alerting.routing.AlertRouter;
import io.vitrine.alerting.routing.Notification;
import io.vitrine.alerting.routing.RouterState;
import io.vitrine.alerting.routing.Silence;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.RuleEvaluator;
import io.vitrine.alerting.rules.StoredAlert;
import io.vitrine.alerting.series.Growth;
import io.vitrine.alerting.series.Sample;
import io.vitrine.alerting.series.SeriesStore;
import io.vitrine.alerting.slo.SloHour;
import io.vitrine.alerting.slo.SloSeries;
import io.vitrine.alerting.slo.SloTracker;

/**
 * Everything that is evaluated, in one place: takes a scrape of the meters, and yields what has changed and who is to be notified. A
 * rule or objective that fails does not keep the others from being evaluated. No clock, no I/O; not thread-safe.
 */
public final class AlertPipeline {

    private final AlertPlan plan;
    private final Map<String, AlertRule> rulesByName = new LinkedHashMap<>();
    private final Growth growth;
    private final SeriesStore store;
    private final List<SloTracker> trackers;
    private final List<RuleEvaluator> evaluators;
    private final AlertRouter router;
    private final List<Alert> orphans = new ArrayList<>();
    private List<SloTracker.Reading> objectives = List.of();

    public AlertPipeline(AlertPlan plan, PipelineLimits limits) {
        this.plan = plan;
        plan.rules().forEach(rule -> rulesByName.put(rule.name(), rule));
        this.growth = new Growth(limits.maxSeries());
        this.store = new SeriesStore(reach(plan.rules()), limits.maxSeries());
        this.trackers = plan.objectives().stream()
                .map(objective -> new SloTracker(objective, limits.maxLabelSets()))
                .toList();
        this.evaluators = plan.rules().stream()
                .map(rule -> new RuleEvaluator(rule, limits.maxAlerts()))
                .toList();
        this.router = new AlertRouter(plan.routing());
    }

    private static Map<String, Duration> reach(List<AlertRule> rules) {
        Map<String, Duration> reach = new HashMap<>();
        rules.forEach(rule -> rule.metrics()
                .forEach((metric, needed) ->
                        reach.merge(metric, needed, (one, other) -> one.compareTo(other) >= 0 ? one : other)));
        return reach;
    }

    /** Names of all metrics that are read: a scrape needs no others, and must not have what is computed here. */
    public Set<String> metrics() {
        Set<String> metrics =
                plan.rules().stream().flatMap(rule -> rule.metrics().keySet().stream()).collect(Collectors.toSet());
        trackers.forEach(tracker -> metrics.addAll(tracker.metrics()));
        metrics.removeAll(Set.of(SloSeries.BURN_RATE, SloSeries.EVENTS));
        return metrics;
    }

    /**
     * What one evaluation has brought.
     *
     * @param changed alerts whose state has changed: pending, firing, resolved, or inactive again before they fired
     * @param notifications messages that are due; they must not be lost
     * @param hours of objectives whose events have changed
     * @param failures messages by the rule or objective that could not be evaluated
     */
    public record Step(
            long atMillis,
            List<Alert> changed,
            List<Notification> notifications,
            List<SloHour> hours,
            Map<String, String> failures) {

        public Step {
            changed = List.copyOf(changed);
            notifications = List.copyOf(notifications);
            hours = List.copyOf(hours);
            failures = Map.copyOf(failures);
        }
    }

    /**
     * Evaluates everything at the time of a scrape.
     *
     * @param samples those of {@link #metrics}
     * @throws IllegalArgumentException if the time is not later than that of the step before
     */
    public Step step(long atMillis, Collection<Sample> samples) {
        Map<String, String> failures = new TreeMap<>();
        List<SloHour> hours = count(atMillis, samples, failures);
        List<Sample> all = new ArrayList<>(samples);
        objectives.forEach(reading -> all.addAll(reading.samples()));
        store.append(atMillis, all);
        List<Alert> changed = evaluate(atMillis, failures);
        router.changed(changed, atMillis);
        return new Step(atMillis, changed, router.due(atMillis), hours, failures);
    }

    private List<SloHour> count(long atMillis, Collection<Sample> samples, Map<String, String> failures) {
        growth.scraped(samples);
        List<SloHour> hours = new ArrayList<>();
        List<SloTracker.Reading> readings = new ArrayList<>();
        for (SloTracker tracker : trackers) {
            try {
                hours.addAll(tracker.add(growth, atMillis));
            } catch (RuntimeException e) {
                failures.put(tracker.objective().name(), String.valueOf(e.getMessage()));
            }
            readings.addAll(tracker.readings(atMillis));
        }
        objectives = List.copyOf(readings);
        return hours;
    }

    private List<Alert> evaluate(long atMillis, Map<String, String> failures) {
        List<Alert> changed = new ArrayList<>(orphans);
        orphans.clear();
        for (RuleEvaluator evaluator : evaluators) {
            try {
                changed.addAll(evaluator.evaluate(store, atMillis));
            } catch (RuntimeException e) {
                failures.put(evaluator.rule().name(), String.valueOf(e.getMessage()));
            }
        }
        return changed;
    }

    /**
     * Puts back what was written down; before the first step. An alert whose rule is not configured any more is resolved at that step.
     */
    public void restore(PipelineState state, long atMillis) {
        Map<String, List<Alert>> byRule = new LinkedHashMap<>();
        List<Alert> firing = new ArrayList<>();
        for (StoredAlert stored : state.alerts()) {
            AlertRule rule = rulesByName.get(stored.rule());
            boolean known = rule != null && rule.produces(stored.labels());
            Alert alert = known ? stored.toAlert(rule) : stored.orphaned(atMillis);
            if (known) {
                byRule.computeIfAbsent(stored.rule(), name -> new ArrayList<>()).add(alert);
            } else if (stored.state() == AlertState.FIRING) {
                orphans.add(alert);
            }
            if (stored.state() == AlertState.FIRING) {
                firing.add(alert);
            }
        }
        evaluators.forEach(evaluator -> evaluator.restore(byRule.getOrDefault(evaluator.rule().name(), List.of())));
        router.restore(state.router(), firing, rulesByName);
        state.silences().forEach(router::silence);
        Map<String, List<SloHour>> hours = state.hours().stream().collect(Collectors.groupingBy(SloHour::objective));
        trackers.forEach(tracker -> tracker.restore(hours.getOrDefault(tracker.objective().name(), List.of())));
    }

    /** Pending and firing alerts, in the order of the rules. */
    public List<Alert> alerts() {
        return evaluators.stream()
                .flatMap(evaluator -> evaluator.alerts().stream())
                .toList();
    }

    /** Names of the rules whose last evaluation had no value. */
    public Set<String> rulesWithoutData() {
        return evaluators.stream()
                .filter(RuleEvaluator::noData)
                .map(evaluator -> evaluator.rule().name())
                .collect(Collectors.toSet());
    }

    /** Where every objective stands, as of the last step. */
    public List<SloTracker.Reading> objectives() {
        return objectives;
    }

    /** Silences, groups, acknowledgements. */
    public AlertRouter router() {
        return router;
    }

    /** Replaces all silences by those that hold now. */
    public void silences(Collection<Silence> silences, long atMillis) {
        router.silences(atMillis).forEach(silence -> router.expire(silence.id()));
        silences.forEach(router::silence);
    }

    /** What the router must not forget. */
    public RouterState routerState() {
        return router.state();
    }

    public AlertPlan plan() {
        return plan;
    }

    /** Series that are stored now. */
    public int seriesCount() {
        return store.seriesCount();
    }

    /** What was beyond a limit since the start: samples of series, alerts of rules, events of objectives. */
    public long refusedCount() {
        return store.refusedSeries()
                + evaluators.stream().mapToLong(RuleEvaluator::refusedAlerts).sum()
                + trackers.stream().mapToLong(SloTracker::refusedEvents).sum();
    }
}
