package io.vitrine.server.incidents;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import io.vitrine.alerting.incidents.Incident;
import io.vitrine.alerting.incidents.IncidentState;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.observability.IncidentCounts;
import io.vitrine.observability.IncidentCounts.Count;
import io.vitrine.observability.IncidentCounts.MeanTime;
import io.vitrine.observability.IncidentCounts.Phase;

/** Counts incidents and averages how long they took. */
final class IncidentStatistics {

    private IncidentStatistics() {}

    /**
     * @param unended those that have not ended
     * @param recent those that mean times are of
     * @param overdue those with overdue action items
     */
    static IncidentCounts of(
            List<StoredIncident> unended, List<StoredIncident> recent, List<StoredIncident> overdue, LocalDate today) {
        List<Count> counts = new ArrayList<>();
        List<MeanTime> means = new ArrayList<>();
        for (Severity severity : Severity.values()) {
            List<Incident> rated = of(severity, unended);
            for (IncidentState state : IncidentState.values()) {
                long count = rated.stream()
                        .filter(incident -> incident.state() == state)
                        .count();
                if (count > 0) {
                    counts.add(new Count(severity.name(), state.label(), count));
                }
            }
            List<Incident> real = of(severity, recent).stream()
                    .filter(incident ->
                            incident.state() != IncidentState.MERGED && incident.state() != IncidentState.DECLINED)
                    .toList();
            mean(real, incident -> Optional.of(incident.timeToDetect()))
                    .ifPresent(mean -> means.add(new MeanTime(severity.name(), Phase.DETECT, mean)));
            mean(real, Incident::timeToAcknowledge)
                    .ifPresent(mean -> means.add(new MeanTime(severity.name(), Phase.ACKNOWLEDGE, mean)));
            mean(real, Incident::timeToResolve)
                    .ifPresent(mean -> means.add(new MeanTime(severity.name(), Phase.RESOLVE, mean)));
        }
        long items = overdue.stream()
                .mapToLong(stored -> stored.incident().overdueItems(today))
                .sum();
        return new IncidentCounts(counts, means, items);
    }

    private static List<Incident> of(Severity severity, List<StoredIncident> incidents) {
        return incidents.stream()
                .map(StoredIncident::incident)
                .filter(incident -> incident.severity() == severity)
                .toList();
    }

    private static Optional<Duration> mean(List<Incident> incidents, Function<Incident, Optional<Duration>> time) {
        List<Long> millis = incidents.stream()
                .flatMap(incident -> time.apply(incident).stream())
                .map(Duration::toMillis)
                .toList();
        return millis.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.round(
                        millis.stream().mapToLong(Long::longValue).average().orElse(0))));
    }
}
