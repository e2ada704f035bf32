package io.vitrine.alerting.slo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.query.Query;
import io.vitrine.alerting.series.Growth;
import io.vitrine.alerting.series.Sample;
import io.vitrine.alerting.series.Series;

/**
 * Counts the events of one objective, to the event, and knows the burn rates and the error budget of each label set.
 * Time without events, because there was no traffic or no server, counts as neither good nor bad. Not thread-safe.
 */
public final class SloTracker {

    private final Objective objective;
    private final int maxLabelSets;
    private final Query bad;
    private final Query total;
    private final Map<SortedMap<String, String>, Tracked> byLabels = new LinkedHashMap<>();
    private long refusedEvents;

    private record Tracked(EventHistory history, ErrorBudget budget) {}

    /** @param maxLabelSets events of more label sets are not tracked, and counted */
    public SloTracker(Objective objective, int maxLabelSets) {
        this.objective = objective;
        this.maxLabelSets = maxLabelSets;
        this.bad = Query.parse(objective.bad(BurnRateRules.LONGEST_WINDOW));
        this.total = Query.parse(objective.total(BurnRateRules.LONGEST_WINDOW));
    }

    /** Metrics that it counts. */
    public java.util.Set<String> metrics() {
        java.util.Set<String> metrics = new java.util.TreeSet<>(bad.metrics());
        metrics.addAll(total.metrics());
        return metrics;
    }

    /**
     * Counts what happened since the scrape before.
     *
     * @return the hours that have changed
     */
    public List<SloHour> add(Growth growth, long atMillis) {
        Map<SortedMap<String, String>, Double> totals = total.evaluate(growth, atMillis);
        Map<SortedMap<String, String>, Double> bads = bad.evaluate(growth, atMillis);
        List<SloHour> changed = new ArrayList<>();
        totals.forEach((labels, events) -> {
            if (events > 0) {
                // Good and total events are read one after the other: a good one may be counted before it is among all.
                double failed = Math.min(Math.max(bads.getOrDefault(labels, 0.0), 0), events);
                tracked(labels)
                        .ifPresentOrElse(
                                tracked -> changed.add(add(labels, tracked, atMillis, failed, events)),
                                () -> refusedEvents += Math.round(events));
            }
        });
        return changed;
    }

    private Optional<Tracked> tracked(SortedMap<String, String> labels) {
        Tracked known = byLabels.get(labels);
        if (known == null && byLabels.size() < maxLabelSets) {
            known = new Tracked(new EventHistory(), new ErrorBudget(objective));
            byLabels.put(labels, known);
        }
        return Optional.ofNullable(known);
    }

    private SloHour add(
            SortedMap<String, String> labels, Tracked tracked, long atMillis, double failed, double events) {
        tracked.history.add(atMillis, failed, events);
        ErrorBudget.Hour hour = tracked.budget.add(atMillis, failed, events);
        return new SloHour(
                objective.name(),
                labels,
                hour.startMillis(),
                hour.bad(),
                hour.total(),
                tracked.history.minutes(hour.startMillis()));
    }

    /** Puts back what was written down; before the first {@link #add}. */
    public void restore(Collection<SloHour> stored) {
        stored.stream().sorted(Comparator.comparingLong(SloHour::startMillis)).forEach(hour -> tracked(hour.labels())
                .ifPresent(tracked -> {
                    tracked.history.restore(hour);
                    tracked.budget.restore(List.of(new ErrorBudget.Hour(hour.startMillis(), hour.bad(), hour.total())));
                }));
    }

    /**
     * Where one label set of an objective stands.
     *
     * @param windows burn rate and events by burn-rate window; a window without events is missing
     */
    public record Reading(
            Objective objective,
            SortedMap<String, String> labels,
            Map<Duration, Window> windows,
            ErrorBudget.Status budget) {

        /** One window. */
        public record Window(double burnRate, double events) {}

        /** The readings as samples of {@link SloSeries}. */
        public List<Sample> samples() {
            List<Sample> samples = new ArrayList<>();
            windows.forEach((duration, window) -> {
                TreeMap<String, String> all = new TreeMap<>(labels);
                all.put(SloSeries.OBJECTIVE_LABEL, objective.name());
                all.put(SloSeries.WINDOW_LABEL, PromDuration.format(duration));
                samples.add(new Sample(new Series(SloSeries.BURN_RATE, all), window.burnRate()));
                samples.add(new Sample(new Series(SloSeries.EVENTS, all), window.events()));
            });
            return samples;
        }
    }

    /** Every label set's reading at a time. */
    public List<Reading> readings(long atMillis) {
        List<Reading> readings = new ArrayList<>();
        byLabels.forEach((labels, tracked) -> {
            Map<Duration, Reading.Window> windows = new LinkedHashMap<>();
            for (Duration window : BurnRateRules.WINDOWS) {
                EventHistory.Events events = tracked.history.sum(atMillis, window);
                if (events.total() > 0) {
                    double burnRate = events.bad() / events.total() / objective.allowedShare();
                    windows.put(window, new Reading.Window(burnRate, events.total()));
                }
            }
            readings.add(new Reading(objective, labels, windows, tracked.budget.status(atMillis)));
        });
        return readings;
    }

    /** Events of label sets beyond the limit, which were not tracked. */
    public long refusedEvents() {
        return refusedEvents;
    }

    public Objective objective() {
        return objective;
    }
}
