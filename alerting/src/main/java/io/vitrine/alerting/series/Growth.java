package io.vitrine.alerting.series;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much counters have grown from one scrape to the next, to the event. A counter that is new began at zero, and so
 * did one that fell: both belong to the process that is scraped. Not thread-safe.
 */
public final class Growth {

    private final int maxSeries;
    private final Map<Series, Double> last = new HashMap<>();
    private final Map<String, Map<Series, Double>> values = new HashMap<>();
    private final Map<String, Map<Series, Double>> growth = new HashMap<>();

    /** @param maxSeries more are ignored */
    public Growth(int maxSeries) {
        this.maxSeries = maxSeries;
    }

    /** Takes the next scrape. */
    public void scraped(Collection<Sample> scrape) {
        values.clear();
        growth.clear();
        for (Sample sample : scrape) {
            Series series = sample.series();
            if (last.size() < maxSeries || last.containsKey(series)) {
                Double before = last.put(series, sample.value());
                boolean fromZero = before == null || sample.value() < before;
                of(values, series).put(series, sample.value());
                of(growth, series).put(series, fromZero ? sample.value() : sample.value() - before);
            }
        }
    }

    private static Map<Series, Double> of(Map<String, Map<Series, Double>> families, Series series) {
        return families.computeIfAbsent(series.name(), name -> new LinkedHashMap<>());
    }

    /** The present values of every series of that metric that passes the matchers. */
    public Map<Series, Double> values(String name, List<Matcher> matchers) {
        return select(values, name, matchers);
    }

    /** By how much each of them has grown since the scrape before. */
    public Map<Series, Double> growth(String name, List<Matcher> matchers) {
        return select(growth, name, matchers);
    }

    private static Map<Series, Double> select(
            Map<String, Map<Series, Double>> families, String name, List<Matcher> matchers) {
        Map<Series, Double> selected = new LinkedHashMap<>();
        families.getOrDefault(name, Map.of()).forEach((series, value) -> {
            if (Matcher.allMatch(matchers, series.labels())) {
                selected.put(series, value);
            }
        });
        return selected;
    }
}
