package io.vitrine.observability.metrics;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import io.vitrine.observability.IncidentCounts;
import io.vitrine.observability.catalogue.IncidentMeters;

/** Shows the incidents as last read. */
final class IncidentMetrics {

    private final LiveSeries means;
    private volatile Map<String, Long> counts = Map.of();
    private volatile long overdueItems;

    IncidentMetrics(Instruments instruments) {
        means = new LiveSeries(instruments);
        for (String severity : IncidentMeters.INCIDENTS.labels().get(0).values()) {
            for (String state : IncidentMeters.INCIDENTS.labels().get(1).values()) {
                // A series of 0 and not none: a rule sees the first incident as an increase.
                instruments.gauge(
                        IncidentMeters.INCIDENTS, () -> counts.getOrDefault(key(severity, state), 0L), severity, state);
            }
        }
        instruments.gauge(IncidentMeters.OVERDUE_ITEMS, () -> overdueItems);
    }

    private static String key(String severity, String state) {
        return severity + ' ' + state;
    }

    synchronized void measured(IncidentCounts reading) {
        Map<String, Long> next = new HashMap<>();
        reading.unended().forEach(count -> next.put(key(count.severity(), count.state()), count.count()));
        counts = next;
        overdueItems = reading.overdueItems();
        means.begin();
        reading.meanTimes()
                .forEach(mean -> means.show(
                        IncidentMeters.MEAN_TIME,
                        mean.mean().toMillis() * 1e-3,
                        mean.severity(),
                        mean.phase().name().toLowerCase(Locale.ROOT)));
        means.end();
    }
}
