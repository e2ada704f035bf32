package io.vitrine.alerting.series;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One time series: a metric's name in Prometheus form and its labels.
 *
 * @param labels without {@code __name__}, sorted by name; empty values are dropped, as Prometheus does
 */
public record Series(String name, SortedMap<String, String> labels) {

    public Series {
        labels = sorted(labels);
    }

    /** The series {@code name{labels}}. */
    public static Series of(String name, Map<String, String> labels) {
        return new Series(name, new TreeMap<>(labels));
    }

    private static SortedMap<String, String> sorted(Map<String, String> labels) {
        TreeMap<String, String> copy = new TreeMap<>(labels);
        copy.values().removeIf(String::isEmpty);
        return java.util.Collections.unmodifiableSortedMap(copy);
    }
}
