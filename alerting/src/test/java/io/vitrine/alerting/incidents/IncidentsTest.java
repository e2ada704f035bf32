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

    private static final List<EvidenceItem> EVIDENCE = List.of(
            new EvidenceItem("logs", "application/x-ndjson", NOW, 4_711, ""),
            new EvidenceItem("gpu", "application/json", NOW, 0, "no GPU"));
    private static final Impact IMPACT = new Impact(new TreeMap<>(Map.of("completed", 3L, "failed", 1L)), 1);

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
        assertThat(PostMortem.of(closed, EVIDENCE, IMPACT))
                .contains("# Incident 1: EngineStopped fires")
                .contains("a bad kernel")
                .contains("- [ ] test the kernel (bob, due 2026-12-24\\)"
                        .replace("\\(", "(")
                        .replace("\\)", ")"))
                .contains(
                        "- Time to detect: 2 min 0 s\n- Time to acknowledge: 1 min 0 s\n- Time to resolve: 6 min 0 s\n")
                .contains("- Requests that ended meanwhile: 4\n  - completed: 3 (75.0 %)\n  - failed: 1 (25.0 %)\n")
                .contains(
                        "| logs | 4711 | 2024-10-04 00:00:00 UTC |  |\n| gpu | - | 2024-10-04 00:00:00 UTC | no GPU |")
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
        for (int index = 0; index < 60; index++) {
            incident = incident.note(Kind.NOTE, "ann", "x".repeat(TimelineEntry.MAX_TEXT), NOW + index);
        }
        assertThat(incident.timeline().stream()
                        .mapToInt(entry -> entry.text().length())
                        .sum())
                .isLessThanOrEqualTo(500_000);
        assertThat(incident.timeline().get(0).text()).isEqualTo(beginning);
    }

    @Test
    void knowsTheCauseAfterARestart() {
        Incident first = fire("SlowAnswers", "P1", "engine", NOW);
        Incidents restarted = new Incidents();
        restarted.restore(List.of(first), 7);

        Incident joined = restarted
                .changed(List.of(alert("EngineStopped", "P0", "engine", AlertState.FIRING)), NOW + MINUTE)
                .get(0);
        Incident other = restarted
                .changed(List.of(alert("LedgerFailing", "P0", "ledger", AlertState.FIRING)), NOW + MINUTE)
                .get(0);

        assertThat(joined.id()).isEqualTo(first.id());
        assertThat(other.id()).as("after the last id that was ever given").isEqualTo(8);
    }

    @Test
    void takesAnAlertOnce() {
        Incident first = fire("SlowAnswers", "P1", "engine", NOW);

        assertThat(incidents.changed(List.of(alert("SlowAnswers", "P1", "engine", AlertState.FIRING)), NOW + MINUTE))
                .isEmpty();
        assertThat(incidents.find(first.id())).contains(first);
    }

    @Test
    void acknowledgesTheAlertsThatFireThen() {
        long id = fire("SlowAnswers", "P1", "engine", NOW).id();
        Incident acknowledged = incidents.update(id, incident -> incident.acknowledge("ann", NOW + MINUTE));
        String slow = acknowledged.fingerprints().iterator().next();

        Incident grown = fire("EngineStopped", "P0", "engine", NOW + 2 * MINUTE);
        assertThat(grown.firing()).hasSize(2);
        assertThat(grown.acknowledgedAlerts()).as("not the one that came later").containsExactly(slow);
        assertThat(grown.acknowledgedBy()).contains("ann");

        incidents.changed(List.of(alert("SlowAnswers", "P1", "engine", AlertState.RESOLVED)), NOW + 3 * MINUTE);
        Incident again = fire("SlowAnswers", "P1", "engine", NOW + 4 * MINUTE);
        assertThat(again.acknowledgedAlerts()).as("one that fires anew").isEmpty();
    }

    @Test
    void opensAtMostAHundred() {
        for (int index = 0; index < Incidents.MAX_OPEN; index++) {
            incidents.open("by hand", Severity.P2, "ann", "a test", NOW);
        }

        assertThatThrownBy(() -> incidents.open("one more", Severity.P2, "ann", "a test", NOW))
                .isInstanceOf(IncidentStepException.class)
                .hasMessageContaining("100 incidents are open");
        assertThat(fire("EngineStopped", "P0", "engine", NOW).id())
                .as("joins the newest")
                .isEqualTo(Incidents.MAX_OPEN);
    }

    @Test
    void changesNothingButNotesOnceItHasEnded() {
        Incident incident = fire("EngineStopped", "P0", "engine", NOW)
                .plan(new ActionItem("look", "bob", LocalDate.of(2026, 12, 24), false), "ann", NOW)
                .moveTo(IncidentState.DECLINED, "ann", "a test", NOW);

        assertThatThrownBy(() -> incident.assign("ann", Optional.empty(), "ann", NOW))
                .isInstanceOf(IncidentStepException.class)
                .hasMessageContaining("is declined");
        assertThatThrownBy(() -> incident.moveTo(IncidentState.TRIAGED, "ann", "x", NOW))
                .hasMessageContaining("it can become nothing else");
        Incident done = incident.note(Kind.NOTE, "ann", "late", NOW).complete(1, "bob", NOW);
        assertThat(done.overdueItems(LocalDate.of(2027, 1, 1))).isZero();
        assertThat(incident.overdueItems(LocalDate.of(2027, 1, 1))).isEqualTo(1);
        assertThat(incident.overdueItems(LocalDate.of(2026, 12, 24))).isZero();
        assertThatThrownBy(() -> done.complete(2, "bob", NOW)).hasMessageContaining("1 action items, not number 2");
        assertThat(done.entriesSince(incident)).extracting(TimelineEntry::text).containsExactly("late", "done: look");
    }

    @Test
    void keepsTextOfPeopleAsText() {
        Incident incident = incidents.open("# <script>alert(1)</script>\n## x", Severity.P2, "ann", "by hand", NOW);

        assertThat(PostMortem.of(incident, List.of(), Impact.NONE))
                .startsWith("# Incident 1: \\# \\<script\\>alert\\(1\\)\\</script\\> \\#\\# x\n");
    }
}
