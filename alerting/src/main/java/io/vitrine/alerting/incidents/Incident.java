package io.vitrine.alerting.incidents;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import io.vitrine.alerting.incidents.TimelineEntry.Kind;
import io.vitrine.alerting.rules.Severity;

/**
 * One incident. Immutable: each step gives a new one, with a line in its timeline. Times are milliseconds since 1970 and never go
 * back.
 *
 * @param id counts from 1
 * @param fingerprints of the alerts that belong to it
 * @param firing those of them that still fire
 * @param startedMillis when the cause began, as far as the first alert knows
 * @param commander leads the response; a P0 or P1 needs one from its triage on
 * @param warRoom where people meet: a link or a channel
 */
public record Incident(
        long id,
        String title,
        Severity severity,
        IncidentState state,
        Set<String> fingerprints,
        Set<String> firing,
        long startedMillis,
        long detectedMillis,
        OptionalLong acknowledgedMillis,
        OptionalLong resolvedMillis,
        Optional<String> commander,
        Optional<String> warRoom,
        Optional<String> rootCause,
        List<ActionItem> actionItems,
        List<TimelineEntry> timeline) {

    private static final int MAX_TIMELINE = 1_000;

    public Incident {
        fingerprints = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(fingerprints));
        firing = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(firing));
        actionItems = List.copyOf(actionItems);
        timeline = List.copyOf(timeline);
    }

    /** A new one. */
    public static Incident open(
            long id, String title, Severity severity, long startedMillis, long atMillis, String author, String why) {
        return new Incident(
                id,
                title,
                severity,
                IncidentState.DETECTED,
                Set.of(),
                Set.of(),
                Math.min(startedMillis, atMillis),
                atMillis,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(new TimelineEntry(atMillis, Kind.TRANSITION, author, why)));
    }

    /** Whether the response is led by a commander in a war room, or left to the team. */
    public boolean needsCommander() {
        return severity.opensIncident();
    }

    /**
     * Moves on.
     *
     * @throws IllegalStateException if that step is not allowed from here, or something that it needs is missing; the message says what
     */
    public Incident moveTo(IncidentState target, String author, String why, long atMillis) {
        if (!state.next().contains(target)) {
            throw new IllegalStateException("incident " + id + " is " + name(state) + ": it can become "
                    + state.next().stream().map(Incident::name).toList() + ", not " + name(target));
        }
        if (target == IncidentState.TRIAGED && needsCommander() && commander.isEmpty()) {
            throw new IllegalStateException("a " + severity + " needs a commander before it is triaged: assign one");
        }
        if (target == IncidentState.REVIEWED && rootCause.isEmpty()) {
            throw new IllegalStateException("a review needs the root cause");
        }
        if (target == IncidentState.CLOSED && actionItems.isEmpty() && needsCommander()) {
            throw new IllegalStateException("a " + severity + " needs at least one action item before it is closed");
        }
        Builder next = builder();
        next.state = target;
        if (target == IncidentState.RESOLVED) {
            next.resolved = OptionalLong.of(atMillis);
        } else if (target.isOpen()) {
            next.resolved = OptionalLong.empty();
        }
        return next.with(Kind.TRANSITION, author, name(target) + ": " + why, atMillis);
    }

    private static String name(IncidentState state) {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Somebody has seen it. The first time counts. */
    public Incident acknowledge(String author, long atMillis) {
        Builder next = builder();
        if (acknowledgedMillis.isEmpty()) {
            next.acknowledged = OptionalLong.of(atMillis);
        }
        return next.with(Kind.ACKNOWLEDGED, author, "acknowledged", atMillis);
    }

    /** Names who leads. Being assigned is being acknowledged. */
    public Incident assign(String person, Optional<String> room, String author, long atMillis) {
        Builder next = builder();
        next.commander = Optional.of(person);
        next.warRoom = room.or(() -> warRoom);
        if (acknowledgedMillis.isEmpty()) {
            next.acknowledged = OptionalLong.of(atMillis);
        }
        return next.with(
                Kind.ASSIGNED,
                author,
                "commander: " + person
                        + room.map(place -> ", war room: " + place).orElse(""),
                atMillis);
    }

    /** Assesses it anew. */
    public Incident rate(Severity rated, String author, String why, long atMillis) {
        Builder next = builder();
        next.severity = rated;
        return next.with(Kind.SEVERITY, author, severity + " to " + rated + ": " + why, atMillis);
    }

    /** Adds a line. */
    public Incident note(Kind kind, String author, String text, long atMillis) {
        return builder().with(kind, author, text, atMillis);
    }

    /** Writes down why it happened. */
    public Incident explain(String cause, String author, long atMillis) {
        Builder next = builder();
        next.rootCause = Optional.of(cause);
        return next.with(Kind.ROOT_CAUSE, author, cause, atMillis);
    }

    /** Adds what is to be done. */
    public Incident plan(ActionItem item, String author, long atMillis) {
        Builder next = builder();
        next.actionItems.add(item);
        return next.with(
                Kind.ACTION_ITEM, author, item.text() + " (" + item.owner() + ", due " + item.due() + ")", atMillis);
    }

    /** An alert of it has come to fire. */
    Incident alertFired(String fingerprint, Severity alertSeverity, String summary, long atMillis) {
        Builder next = builder();
        next.fingerprints.add(fingerprint);
        next.firing.add(fingerprint);
        if (alertSeverity.compareTo(severity) < 0) {
            next.severity = alertSeverity;
        }
        return next.with(Kind.ALERT, Incidents.AUTHOR, "firing: " + summary, atMillis);
    }

    /** An alert of it is resolved. */
    Incident alertResolved(String fingerprint, String summary, long atMillis) {
        Builder next = builder();
        next.firing.remove(fingerprint);
        return next.with(Kind.ALERT, Incidents.AUTHOR, "resolved: " + summary, atMillis);
    }

    /** From the cause to its detection. */
    public Duration timeToDetect() {
        return Duration.ofMillis(detectedMillis - startedMillis);
    }

    /** From detection to the first acknowledgement; empty while nobody has. */
    public Optional<Duration> timeToAcknowledge() {
        return since(acknowledgedMillis);
    }

    /** From detection to resolution; empty while it is open. */
    public Optional<Duration> timeToResolve() {
        return since(resolvedMillis);
    }

    private Optional<Duration> since(OptionalLong millis) {
        return millis.isPresent()
                ? Optional.of(Duration.ofMillis(millis.getAsLong() - detectedMillis))
                : Optional.empty();
    }

    private Builder builder() {
        return new Builder();
    }

    private final class Builder {
        private Severity severity = Incident.this.severity;
        private IncidentState state = Incident.this.state;
        private final Set<String> fingerprints = new LinkedHashSet<>(Incident.this.fingerprints);
        private final Set<String> firing = new LinkedHashSet<>(Incident.this.firing);
        private OptionalLong acknowledged = acknowledgedMillis;
        private OptionalLong resolved = resolvedMillis;
        private Optional<String> commander = Incident.this.commander;
        private Optional<String> warRoom = Incident.this.warRoom;
        private Optional<String> rootCause = Incident.this.rootCause;
        private final List<ActionItem> actionItems = new ArrayList<>(Incident.this.actionItems);

        private Incident with(Kind kind, String author, String text, long atMillis) {
            List<TimelineEntry> lines = new ArrayList<>(timeline);
            long last = lines.get(lines.size() - 1).atMillis();
            if (lines.size() >= MAX_TIMELINE) {
                lines.remove(1); // the first line says how it began
            }
            lines.add(new TimelineEntry(Math.max(last, atMillis), kind, author, text));
            return new Incident(
                    id,
                    title,
                    severity,
                    state,
                    fingerprints,
                    firing,
                    startedMillis,
                    detectedMillis,
                    acknowledged,
                    resolved,
                    commander,
                    warRoom,
                    rootCause,
                    actionItems,
                    lines);
        }
    }
}
