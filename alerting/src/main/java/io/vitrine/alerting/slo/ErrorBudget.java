package io.vitrine.alerting.slo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Events of one objective by hour, over its period: what the error budget is reckoned from. The hours are few enough to
 * be written down each time they change, so that a restart loses nothing. Not thread-safe.
 */
public final class ErrorBudget {

    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    private final Objective objective;
    private final TreeMap<Long, Hour> hours = new TreeMap<>();

    public ErrorBudget(Objective objective) {
        this.objective = objective;
    }

    /**
     * Events of one hour.
     *
     * @param startMillis of the hour, since 1970
     */
    public record Hour(long startMillis, double bad, double total) {

        Hour plus(double moreBad, double moreTotal) {
            return new Hour(startMillis, bad + moreBad, total + moreTotal);
        }
    }

    /** Adds what happened since the last call. */
    public Hour add(long atMillis, double bad, double total) {
        long start = atMillis - Math.floorMod(atMillis, HOUR_MILLIS);
        Hour hour = hours.getOrDefault(start, new Hour(start, 0, 0)).plus(bad, total);
        hours.put(start, hour);
        hours.headMap(atMillis - objective.period().toMillis() - HOUR_MILLIS, true)
                .clear();
        return hour;
    }

    /** Puts back what was written down; before the first {@link #add}. */
    public void restore(Collection<Hour> stored) {
        stored.forEach(hour -> hours.put(hour.startMillis(), hour));
    }

    /** All hours of the period. */
    public List<Hour> hours() {
        return new ArrayList<>(hours.values());
    }

    /**
     * The budget at a time.
     *
     * @param left share of the period's error budget that is left; negative when it is overspent, 1 without events
     * @param goodShare share of good events in the period; empty without events
     * @param timeToExhaustion at the burn rate of the last full six hours; empty if it does not run out within the
     *      period
     */
    public record Status(double left, Optional<Double> goodShare, Optional<Duration> timeToExhaustion) {}

    /** The status from the hours of the period that ends at a time. */
    public Status status(long atMillis) {
        Hour period = sum(atMillis - objective.period().toMillis(), atMillis);
        if (period.total() == 0) {
            return new Status(1, Optional.empty(), Optional.empty());
        }
        double allowed = period.total() * objective.allowedShare();
        double left = 1 - period.bad() / allowed;
        return new Status(left, Optional.of(1 - period.bad() / period.total()), exhaustion(atMillis, left));
    }

    /** A burn rate of 1 uses the whole budget in one period. */
    private Optional<Duration> exhaustion(long atMillis, double left) {
        Hour recent = sum(atMillis - 6 * HOUR_MILLIS, atMillis);
        if (left <= 0) {
            return Optional.of(Duration.ZERO);
        }
        if (recent.total() < objective.minEvents() || recent.bad() == 0) {
            return Optional.empty();
        }
        double burnRate = recent.bad() / recent.total() / objective.allowedShare();
        double millis = left * objective.period().toMillis() / burnRate;
        return millis > objective.period().toMillis()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((long) millis));
    }

    private Hour sum(long fromMillis, long toMillis) {
        Map<Long, Hour> selected = hours.subMap(fromMillis - HOUR_MILLIS, false, toMillis, true);
        double bad = 0;
        double total = 0;
        for (Hour hour : selected.values()) {
            bad += hour.bad();
            total += hour.total();
        }
        return new Hour(fromMillis, bad, total);
    }

    public Objective objective() {
        return objective;
    }
}
