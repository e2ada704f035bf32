package io.vitrine.alerting.slo;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Events of one hour of an objective, for one label set: what is written down.
 *
 * @param startMillis of the hour, since 1970
 * @param minutes events of each minute that had any
 */
public record SloHour(
        String objective,
        SortedMap<String, String> labels,
        long startMillis,
        double bad,
        double total,
        List<Minute> minutes) {

    /**
     * Events of one minute.
     *
     * @param index of the minute in the hour, from 0
     */
    public record Minute(int index, double bad, double total) {}

    public SloHour {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        minutes = List.copyOf(minutes);
    }
}
