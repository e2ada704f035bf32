package io.vitrine.observability.catalogue;

import java.util.List;
import java.util.Locale;

import io.vitrine.observability.IncidentCounts.Phase;

import static io.vitrine.observability.catalogue.MeterDefinition.SECONDS;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;

/** Incidents and how fast they are handled; read from the ledger, so that a restart does not reset them. */
public final class IncidentMeters {

    private static final Label SEVERITY = Label.of("severity", "how urgent", "P0", "P1", "P2", "P3");
    private static final Label STATE = Label.of(
            "state",
            "where in the workflow",
            "detected",
            "triaged",
            "investigating",
            "mitigating",
            "resolved",
            "reviewed");
    private static final Label PHASE = Label.of("phase", "what the time ends with", Phase.class, phase -> phase.name()
            .toLowerCase(Locale.ROOT));

    public static final MeterDefinition INCIDENTS =
            gauge("vitrine.incidents", "{incident}", "Incidents that have not ended.", SEVERITY, STATE);
    public static final MeterDefinition MEAN_TIME = gauge(
            "vitrine.incident.mean.time",
            SECONDS,
            "Mean over the incidents of the last 30 days: MTTD from the cause to its detection, MTTA and MTTR from "
                    + "detection to acknowledgement and resolution.",
            SEVERITY,
            PHASE);
    public static final MeterDefinition OVERDUE_ITEMS =
            gauge("vitrine.incident.action.items.overdue", "{item}", "Action items of incidents that are overdue.");

    static final List<MeterDefinition> ALL = List.of(INCIDENTS, MEAN_TIME, OVERDUE_ITEMS);

    private IncidentMeters() {}
}
