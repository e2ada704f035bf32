package io.vitrine.server.incidents;

import java.time.Instant;
import java.util.List;

import io.vitrine.alerting.incidents.Incident;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.store.telemetry.TimeRange;

/**
 * What evidence is collected for.
 *
 * @param alerts that opened or joined the incident; empty if it was opened by hand, or the server has started since
 * @param from when the evidence begins
 * @param until when the incident's collection began
 * @param maxBytes of one item
 */
record EvidenceRequest(Incident incident, List<Alert> alerts, Instant from, Instant until, int maxBytes) {

    EvidenceRequest {
        alerts = List.copyOf(alerts);
    }

    TimeRange range() {
        return TimeRange.of(from, until.isBefore(from) ? from : until);
    }
}
