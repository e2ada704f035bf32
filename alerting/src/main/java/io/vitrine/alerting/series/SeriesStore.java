package io.vitrine.alerting.series;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Scraped samples of the last while, by metric. Answers as Prometheus 3 does: an instant reading looks back five
 * minutes, unless a scrape has since missed the series; a window is open on the left and closed on the right. A counter
 * that is new in a later scrape was 0 at the scrape before, as Prometheus has it with {@code
 * created-timestamp-zero-ingestion}: its first event counts.
 *
 * <p>Not thread-safe. Bounded by the number of series and by the longest window.
 */
public final class SeriesStore {

    /** How old a sample may be to count as the present value. */
    public static final Duration LOOKBACK = Duration.ofMinutes(5);

    private static final Pattern COUNTER = Pattern.compile(".*_(total|count|sum|bucket)");

    private final Map<String, Duration> retention;
    private final Duration otherRetention;
    private final int maxSeries;
    private final Map<String, Map<Series, Points>> byName = new HashMap<>();
    private Set<Series> present = new HashSet<>();
    private int seriesCount;
    private long refusedSeries;
    private OptionalLong lastMillis = OptionalLong.empty();

    /**
     * An empty store.
     *
     * @param retention the longest window that is asked for, offset included
     * @param maxSeries more are not stored, and counted
     */
    public SeriesStore(Duration retention, int maxSeries) {
        this(Map.of(), retention, maxSeries);
    }

    /**
     * The same with a retention for each metric: a histogram's buckets are many and are read over minutes, a cost over
     * hours.
     */
    public SeriesStore(Map<String, Duration> retention, int maxSeries) {
        this(retention, LOOKBACK, maxSeries);
    }

    private SeriesStore(Map<String, Duration> retention, Duration otherRetention, int maxSeries) {
        this.retention = Map.copyOf(retention);
        this.otherRetention = otherRetention;
        this.maxSeries = maxSeries;
    }

    /**
     * Adds one scrape. Series that the scrape before had and this one lacks are stale from now on.
     *
     * @throws IllegalArgumentException if the time is not later than that of the scrape before
     */
    public void append(long atMillis, Collection<Sample> scrape) {
        Set<Series> now = new HashSet<>();
        for (Sample sample : scrape) {
            if (add(atMillis, sample)) {
                now.add(sample.series());
            }
        }
        for (Series series : present) {
            if (!now.contains(series)) {
                points(series).add(atMillis, Points.STALE);
            }
        }
        present = now;
        lastMillis = OptionalLong.of(atMillis);
        byName.forEach((name, family) -> dropBefore(family, atMillis - retentionMillis(name)));
    }

    private long retentionMillis(String name) {
        return Math.max(retention.getOrDefault(name, otherRetention).toMillis(), LOOKBACK.toMillis());
    }

    private boolean add(long atMillis, Sample sample) {
        Map<Series, Points> family = byName.computeIfAbsent(sample.series().name(), name -> new LinkedHashMap<>());
        Points points = family.get(sample.series());
        if (points == null) {
            if (seriesCount == maxSeries) {
                refusedSeries++;
                return false;
            }
            points = new Points();
            family.put(sample.series(), points);
            seriesCount++;
            if (lastMillis.isPresent()
                    && COUNTER.matcher(sample.series().name()).matches()) {
                points.add(lastMillis.getAsLong(), 0);
            }
        }
        points.add(atMillis, sample.value());
        return true;
    }

    private Points points(Series series) {
        Points points = byName.getOrDefault(series.name(), Map.of()).get(series);
        if (points == null) {
            throw new IllegalStateException("a present series has no samples: " + series);
        }
        return points;
    }

    private void dropBefore(Map<Series, Points> family, long atMillis) {
        family.values().removeIf(points -> {
            points.dropBefore(atMillis);
            if (points.count() == 0 || (points.count() == 1 && Points.isStale(points.value(0)))) {
                seriesCount--;
                return true;
            }
            return false;
        });
    }

    /** Series that are stored now. */
    public int seriesCount() {
        return seriesCount;
    }

    /** Samples of series beyond the limit, which were not stored. */
    public long refusedSeries() {
        return refusedSeries;
    }

    /** The present value of every series of that metric that passes the matchers. */
    public Map<Series, Double> instant(String name, List<Matcher> matchers, long atMillis) {
        Map<Series, Double> result = new LinkedHashMap<>();
        select(name, matchers, (series, points) -> {
            int index = points.firstAfter(atMillis) - 1;
            if (index >= 0
                    && points.millis(index) > atMillis - LOOKBACK.toMillis()
                    && !Points.isStale(points.value(index))) {
                result.put(series, points.value(index));
            }
        });
        return result;
    }

    /** The samples of {@code (atMillis - window, atMillis]} of every such series that has any. */
    public Map<Series, Points> window(String name, List<Matcher> matchers, long atMillis, Duration window) {
        Map<Series, Points> result = new LinkedHashMap<>();
        select(name, matchers, (series, points) -> {
            Points selected = points.between(atMillis - window.toMillis(), atMillis);
            if (selected.count() > 0) {
                result.put(series, selected);
            }
        });
        return result;
    }

    private interface Visitor {
        void visit(Series series, Points points);
    }

    private void select(String name, List<Matcher> matchers, Visitor visitor) {
        byName.getOrDefault(name, Map.of()).forEach((series, points) -> {
            if (Matcher.allMatch(matchers, series.labels())) {
                visitor.visit(series, points);
            }
        });
    }

    /** A sample with its time. */
    public record StoredSample(Series series, long atMillis, double value) {}

    /**
     * Takes samples of an earlier time. To be called before the first {@link #append}.
     *
     * @param samples of any order
     */
    public void restore(Collection<StoredSample> samples) {
        List<StoredSample> ordered = new ArrayList<>(samples);
        ordered.sort(java.util.Comparator.comparingLong(StoredSample::atMillis));
        for (StoredSample stored : ordered) {
            add(stored.atMillis(), new Sample(stored.series(), stored.value()));
        }
    }
}
