package io.vitrine.alerting.incidents;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.vitrine.alerting.incidents.TimelineEntry.Kind;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.RuleFile;
import io.vitrine.alerting.rules.Severity;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IncidentsTest {

    private static final long NOW = Duration.ofDays(20_000).toMillis();
    private static final long MINUTE = 60_000;

    private final Incidents incidents = new Incidents();

    private static Alert alert(String rule, String severity, String area, AlertState state) {
        AlertRule definition = RuleFile.read(
                        "rules: [{alert: " + rule + ", severity: " + severity + ", expr: x, fires: '> 0', summary: '"
                                + rule + " fires', action: a, runbook: page}]",
                        "test")
                .get(0);
        return new Alert(
                definition,
                new TreeMap<>(Map.of("alertname", rule, "area", area, "model", "m")),
                state,
                1,
                NOW - 2 * MINUTE,
                NOW,
                Optional.empty());
    }

    private Incident fire(String rule, String severity, String area, long at) {
        return incidents
                .changed(List.of(alert(rule, severity, area, AlertState.FIRING)), at)
                .get(0);
    }

    @Test
    void opensOneForAnUrgentAlertOnly() {
        assertThat(incidents.changed(List.of(alert("DiskFilling", "P2", "store", AlertState.FIRING)), NOW))
                .isEmpty();

        Incident incident = fire("EngineStopped", "P0", "engine", NOW);

        assertThat(incident.state()).isEqualTo(IncidentState.DETECTED);
        assertThat(incident.timeToDetect()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void addsAnAlertOfTheSameCause() {
        Incident first = fire("SlowAnswers", "P1", "engine", NOW);

        Incident second = fire("EngineStopped", "P0", "engine", NOW + 5 * MINUTE);

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.severity()).isEqualTo(Severity.P0);
        assertThat(fire("LedgerFailing", "P0", "ledger", NOW + 6 * MINUTE).id()).isNotEqualTo(first.id());
    }

    @Test
    void opensAnotherOnceTheFirstIsOver() {
        Incident first = fire("SlowAnswers", "P1", "engine", NOW);
        incidents.update(first.id(), incident -> incident.moveTo(IncidentState.DECLINED, "ann", "a test", NOW));

        assertThat(fire("SlowAnswers", "P1", "engine", NOW + MINUTE).id()).isNotEqualTo(first.id());
    }

    @Test
    void walksFromDetectionToItsEnd() {
        Incident opened = fire("EngineStopped", "P0", "engine", NOW);
        long id = opened.id();
        assertThatThrownBy(() ->
                        incidents.update(id, incident -> incident.moveTo(IncidentState.TRIAGED, "ann", "looked", NOW)))
                .hasMessageContaining("needs a commander");

        incidents.update(id, incident -> incident.assign("ann", Optional.of("#war-room"), "bob", NOW + MINUTE));
        incidents.update(id, incident -> incident.moveTo(IncidentState.TRIAGED, "ann", "real", NOW + 2 * MINUTE));
        incidents.update(id, incident -> incident.moveTo(IncidentState.INVESTIGATING, "ann", "logs", NOW + 3 * MINUTE));
        incidents.update(id, incident -> incident.moveTo(IncidentState.MITIGATING, "ann", "restart", NOW + 4 * MINUTE));
        incidents.changed(List.of(alert("EngineStopped", "P0", "engine", AlertState.RESOLVED)), NOW + 5 * MINUTE);
        incidents.update(id, incident -> incident.moveTo(IncidentState.RESOLVED, "ann", "well", NOW + 6 * MINUTE));
        assertThatThrownBy(() ->
                        incidents.update(id, incident -> incident.moveTo(IncidentState.REVIEWED, "ann", "done", NOW)))
                .hasMessageContaining("root cause");
        incidents.update(id, incident -> incident.explain("a bad kernel", "ann", NOW + 7 * MINUTE));
        incidents.update(id, incident -> incident.moveTo(IncidentState.REVIEWED, "ann", "met", NOW + 8 * MINUTE));
        assertThatThrownBy(() ->
                        incidents.update(id, incident -> incident.moveTo(IncidentState.CLOSED, "ann", "end", NOW)))
                .hasMessageContaining("action item");
        incidents.update(
                id,
                incident -> incident.plan(
                        new ActionItem("test the kernel", "bob", LocalDate.of(2026, 12, 24), false),
                        "ann",
                        NOW + 9 * MINUTE));
        Incident closed = incidents.update(
                id, incident -> incident.moveTo(IncidentState.CLOSED, "ann", "end", NOW + 10 * MINUTE));

        assertThat(closed.timeToAcknowledge()).contains(Duration.ofMinutes(1));
        assertThat(closed.timeToResolve()).contains(Duration.ofMinutes(6));
        assertThat(closed.firing()).isEmpty();
        assertThat(PostMortem.of(closed))
                .contains("# Incident 1: EngineStopped fires")
                .contains("a bad kernel")
                .contains("- [ ] test the kernel \\(bob, due 2026-12-24\\)"
                        .replace("\\(", "(")
                        .replace("\\)", ")"))
                .doesNotContain("_missing_");
    }

    @Test
    void refusesStepsThatSkipTheWorkflow() {
        Incident incident = fire("EngineStopped", "P0", "engine", NOW);

        assertThatThrownBy(() -> incident.moveTo(IncidentState.CLOSED, "ann", "bored", NOW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("can become [triaged, resolved, merged, declined], not closed");
        assertThat(IncidentState.CLOSED.next()).isEmpty();
    }

    @Test
    void keepsTimesInOrder() {
        Incident incident = fire("EngineStopped", "P0", "engine", NOW);

        Incident later = incident.note(Kind.NOTE, "ann", "late", NOW + MINUTE).note(Kind.NOTE, "ann", "clock step", 5);

        assertThat(later.timeline()).extracting(TimelineEntry::atMillis).isSorted();
    }

    @Test
    void mergesWithItsAlerts() {
        Incident engine = fire("EngineStopped", "P0", "engine", NOW);
        Incident ledger = fire("LedgerFailing", "P1", "ledger", NOW);

        List<Incident> both = incidents.merge(ledger.id(), engine.id(), "ann", NOW + MINUTE);

        assertThat(both.get(0).state()).isEqualTo(IncidentState.MERGED);
        assertThat(both.get(1).fingerprints()).hasSize(2);
        assertThatThrownBy(() -> incidents.merge(1, 1, "ann", NOW)).hasMessageContaining("into itself");
    }

    @Test
    void boundsTheTimeline() {
        Incident incident = fire("EngineStopped", "P0", "engine", NOW);
        String beginning = incident.timeline().get(0).text();
        for (int index = 0; index < 3_000; index++) {
            incident = incident.note(Kind.NOTE, "ann", "note " + index, NOW + index);
        }

        assertThat(incident.timeline()).hasSize(1_000);
        assertThat(incident.timeline().get(0).text()).isEqualTo(beginning);
    }

    @Test
    void keepsTextOfPeopleAsText() {
        Incident incident = incidents.open("# <script>alert(1)</script>\n## x", Severity.P2, "ann", "by hand", NOW);

        assertThat(PostMortem.of(incident))
                .startsWith("# Incident 1: \\# \\<script\\>alert\\(1\\)\\</script\\> \\#\\# x\n");
    }
}
