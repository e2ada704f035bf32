package io.vitrine.alerting.routing;

import java.util.List;
import java.util.Map;

import io.vitrine.alerting.series.Matcher;

/** Hours of the week in which alerts that pass the matchers send no messages; without matchers, all of them. */
public record MaintenanceWindow(String name, List<Matcher> matchers, WeeklyHours hours) {

    public MaintenanceWindow {
        matchers = List.copyOf(matchers);
    }

    boolean covers(Map<String, String> labels, long atMillis) {
        return hours.contains(atMillis) && Matcher.allMatch(matchers, labels);
    }
}
